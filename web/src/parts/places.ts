// Which places a few letters mean. Pure.
export interface Place {
  name: string;
  more?: string; // what tells it from others of that name
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean);

// Each word that is asked for begins one of the place's; those first whose name alone has them all, as they came.
export function fitting<T extends Place>(places: readonly T[], q: string): T[] {
  const asked = wordsOf(q);
  const has = (text: string) => {
    const words = wordsOf(text);
    return asked.every((one) => words.some((word) => word.startsWith(one)));
  };
  const byName = places.filter(({ name }) => has(name));
  return [...byName, ...places.filter((place) => !byName.includes(place) && has(`${place.name} ${place.more ?? ''}`))];
}
