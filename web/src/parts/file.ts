// Files that the app gives out.
// "Gala 2027 sources.csv"
export const fileName = (show: string, what: string, ending: string): string =>
  `${`${show} ${what}`.replace(/[^\p{L}\p{N} ._-]+/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, 120)}.${ending}`;

// `parts`: of its text or its bytes.
export function download(name: string, parts: readonly BlobPart[], type: string): void {
  const url = URL.createObjectURL(new Blob([...parts], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
