import { ConfirmButton } from "./ConfirmButton";

interface Props {
  text: string;
  /** What the second button says: all that goes. */
  sure: string;
  remove: () => Promise<void>;
}

/** Asks once more, since nothing brings it back. */
export const DeleteButton = ({ text, sure, remove }: Props) => (
  <ConfirmButton text={text} sure={sure} act={remove} isDanger />
);
