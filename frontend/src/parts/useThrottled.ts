/** A value that changes many times a second, looked at now and then: the first and the last one are always seen. */
import { useEffect, useRef, useState } from "preact/hooks";

/** Calls `show` later; the answer calls that off. */
type Later = (show: () => void) => () => void;

export const after =
  (milliseconds: number): Later =>
  (show) => {
    const timer = setTimeout(show, milliseconds);
    return () => clearTimeout(timer);
  };

/** So that two parts of a page that are slow to draw are not drawn within the same picture. */
export const atNextPicture: Later = (show) => {
  const asked = requestAnimationFrame(show);
  return () => cancelAnimationFrame(asked);
};

/** While it is not on, the value itself. */
export function useThrottled<T>(value: T, later: Later, isOn = true): T {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  latest.current = value;
  const callOff = useRef<(() => void) | null>(null);
  useEffect(() => {
    if (!isOn || callOff.current || value === shown) return;
    callOff.current = later(() => {
      callOff.current = null;
      setShown(() => latest.current);
    });
  }, [value, isOn]);
  useEffect(() => () => callOff.current?.(), []);
  return isOn ? shown : value;
}
