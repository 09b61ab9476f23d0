/** Headless Chromium on the built page, for tests of web/. */
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { PACKAGE_FILES } from "../../host/node/files.ts";
import { type StaticServer, serveFolder } from "../../host/node/static-server.ts";
import "../../web/hook.ts";
import { lastLines, PATIENCE_MS } from "./patience.ts";
import { findTool } from "./tools.ts";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * HARTBEAT_SLOW_PAGE=6 makes pages compute six times slower and hear their workers late, which finds tests that look
 * before there is something to see.
 */
const SLOWNESS = Number(process.env.HARTBEAT_SLOW_PAGE ?? 1);
const LATE_MS = 40;

let browser: Promise<Browser> | undefined;

/** One browser for all files that this process tests; it ends with the process, or by closeBrowser. */
async function sharedBrowser(): Promise<Browser> {
  if (!(await browser)?.isConnected()) {
    const executablePath = findTool("chromium");
    browser = chromium.launch({
      args: FLAGS,
      timeout: PATIENCE_MS,
      ...(executablePath && { executablePath }),
    });
  }
  return browser as Promise<Browser>;
}

/** For programs that are to end when they have nothing left to do. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close();
  browser = undefined;
}

export class WebBench {
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  readonly #server: StaticServer;
  /** What pages have complained about on their consoles, and scripts that broke. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser, server: StaticServer) {
    this.#browser = browser;
    this.#server = server;
  }

  /** The address of the page, with a slash at its end. */
  get url(): string {
    return this.#server.url;
  }

  static async open(): Promise<WebBench> {
    const server = await serveFolder(PACKAGE_FILES.web, 0);
    return new WebBench(await sharedBrowser(), server);
  }

  /** Opens the page with a query such as "?smp=2". */
  async page(query = "", options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext(options);
    this.#contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    if (SLOWNESS > 1) await slowDown(page);
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    await page.goto(this.#server.url + query);
    return page;
  }

  async close(): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
    await this.#server.close();
  }
}

async function slowDown(page: Page): Promise<void> {
  await hearWorkerLate(page, SLOWNESS * LATE_MS);
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWNESS });
}

/** From its next loading on, what the page's worker says comes later, in its order. */
export async function hearWorkerLate(page: Page, delayMs: number): Promise<void> {
  await page.addInitScript(`{
    const { set } = Object.getOwnPropertyDescriptor(Worker.prototype, "onmessage");
    Object.defineProperty(Worker.prototype, "onmessage", {
      set(listener) {
        set.call(this, (event) => setTimeout(() => listener(event), ${delayMs}));
      },
    });
  }`);
}

/** The page's address as its scripts have set it last. */
export async function addressOf(page: Page): Promise<URL> {
  return new URL(await page.evaluate("location.href"));
}

/** Waits until the machine of the page has printed what matches; fails with all that it printed. */
export async function expectOutput(page: Page, pattern: RegExp, timeout = PATIENCE_MS): Promise<void> {
  try {
    await page.waitForFunction(
      ([source, flags]) => new RegExp(source as string, flags as string).test(hartbeat.output),
      [pattern.source, pattern.flags],
      { timeout },
    );
  } catch {
    const output = await page.evaluate(() => hartbeat.output);
    const banner = await page.textContent("#banner");
    throw new Error(
      `the page did not print ${pattern}; it printed:\n${lastLines(output)}\nits banner: ${banner}`,
    );
  }
}
