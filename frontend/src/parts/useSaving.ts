/** A form that is sent: once at a time, and what was wrong with it stays until it is sent again. */
import { useAct } from "./useAct";

export function useSaving(send: () => Promise<void>) {
  const { act, isBusy, problem } = useAct();
  const save = (event: Event) => {
    event.preventDefault();
    void act(send);
  };
  return { save, isBusy, problem };
}
