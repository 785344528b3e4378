/** Reports a bug where a developer looks for it (the context's console, node's stderr) without stopping the work around it. */
export function report(error: unknown): void {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(error);
  else console.error(error);
}
