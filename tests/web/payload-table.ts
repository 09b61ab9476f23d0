/** `npm run --silent payload-table > docs/payload.md`: what a browser fetches, as a table. */
import { PACKAGE_FILES } from "../../host/node/files.ts";
import { measurePayload, PAYLOAD_LIMIT, type PayloadRow } from "../../web/payload.ts";

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(1);
const line = ({ name, bytes, gzipped }: PayloadRow): string =>
  `| ${name} | ${kilobytes(bytes)} | ${kilobytes(gzipped)} |`;

process.stdout.write(`# What the page weighs

Printed by \`npm run --silent payload-table > docs/payload.md\` from \`dist/web\`; every build prints the same. Sizes are in kB
(1000 bytes), the last column after \`gzip -9\`. A test holds the sum below ${kilobytes(PAYLOAD_LIMIT)} kB. Files behind "to the prompt" are
fetched when somebody needs them: source lines, the source editor, drawing by the GPU.

| file | bytes | gzipped |
| --- | ---: | ---: |
${measurePayload(PACKAGE_FILES.web).map(line).join("\n")}
`);
