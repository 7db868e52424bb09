// What both elements that take files have in common.

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} 字节`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Files may be dropped on `zone`, which shows it while they are over it. */
export function takeDropped(zone: HTMLElement, looks: Element | null, take: (files: File[]) => void): void {
  const over = (on: boolean) => (event: Event): void => {
    event.preventDefault();
    looks?.classList.toggle("is-over", on);
  };
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, over(true));
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, over(false));
  zone.addEventListener("drop", (event) => {
    const files = Array.from(event.dataTransfer?.files ?? []);
    if (files.length) take(files);
  });
}
