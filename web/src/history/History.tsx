import { render } from "preact";

export function startHistory(root: HTMLElement): void {
  render(<p>History</p>, root);
}
