/** Which inputs of a form hold what cannot be sent: each marks itself, and the form waits until none is marked. */
import { createContext } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";

type Mark = (input: object, isWrong: boolean) => void;

export const Marks = createContext<Mark>(() => undefined);

/** For a form: what its `Marks.Provider` is given, and whether anything is marked. */
export function useMarks(): { mark: Mark; isMarked: boolean } {
  const [wrong, setWrong] = useState<ReadonlySet<object>>(new Set());
  const mark = useCallback<Mark>((input, isWrong) => {
    setWrong((before) =>
      before.has(input) === isWrong
        ? before
        : new Set(isWrong ? [...before, input] : [...before].filter((each) => each !== input)),
    );
  }, []);
  return { mark, isMarked: wrong.size > 0 };
}

/** For an input. */
export function useMark(isWrong: boolean): void {
  const mark = useContext(Marks);
  const self = useRef({}).current;
  useEffect(() => {
    mark(self, isWrong);
    return () => mark(self, false);
  }, [isWrong]);
}
