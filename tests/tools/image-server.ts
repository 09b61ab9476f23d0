/** A web server on loopback with one disk image, as well-mannered or as bad as a test wants it. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface ImageServer {
  readonly url: string;
  /** The ranges that were asked for. */
  readonly asked: string[];
  /** Called before each answer; true when it has answered itself. */
  before: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
  etag: string;
  close(): void;
}

export async function serveImage(image: Uint8Array): Promise<ImageServer> {
  const server = createServer(async (request, response) => {
    const { range = "" } = request.headers;
    state.asked.push(range);
    if (await state.before(request, response)) return;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    if (request.url !== "/disk.img") response.writeHead(404).end();
    else if (first === undefined) response.writeHead(200).end(image);
    else {
      const bytes = image.subarray(Number(first), Number(last) + 1);
      const end = Number(first) + bytes.length - 1;
      response.writeHead(206, {
        "content-range": `bytes ${first}-${end}/${image.length}`,
        etag: state.etag,
      });
      response.end(bytes);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const state: ImageServer = {
    url: `http://127.0.0.1:${port}/disk.img`,
    asked: [],
    before: () => false,
    etag: '"one"',
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
  return state;
}
