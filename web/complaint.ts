/** What the worker refuses, said where the user looks. */
import { Refusal } from "./client.ts";

/** Does something; hands what the worker refused of it to `complain`. */
export async function orComplain(
  action: () => Promise<unknown>,
  complain: (message: string) => void,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    complain(error.message);
  }
}

/** Does something with a line for complaints, which is empty as long as there is none. */
export async function actWith(line: HTMLElement, action: () => Promise<unknown>): Promise<void> {
  line.textContent = "";
  await orComplain(action, (message) => {
    line.textContent = message;
  });
}
