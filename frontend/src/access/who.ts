import type { Caller } from "../api/types";
import { t } from "../texts/texts";

/** By the key's name; a link has none. */
export const nameOfCaller = ({ name }: Caller): string => name ?? t("access.by_link");

/** All names, or those of the patterns. */
export const namesOf = (networks: readonly string[] | null): string => networks?.join(", ") ?? t("access.names.all");
