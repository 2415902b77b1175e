/** What members of an ensemble have of their own, in words. */
import { isObject } from "../api/options";
import type { Recipe } from "../api/types";
import { nameOf, optionsOf } from "../forms/named";
import { written } from "../searches/space";
import "../texts/ensemble";
import "../texts/searches";
import { t } from "../texts/texts";

/** As it stands in a spec, or comes back with every field. */
export type RecipeLike = Partial<Recipe>;

/** A list of recipes, as `members` of a spec may be one; none where it is a number. */
export const recipesIn = (members: unknown): RecipeLike[] => (Array.isArray(members) ? members.filter(isObject) : []);

/** Empty where they have nothing of their own. */
export function recipeInWords({ encode, layers, loss, optimizer, schedule }: RecipeLike): string {
  const parts = [
    encode && t(`recipe.${encode}`),
    layers && t("recipe.layers", { layers: written(layers) }),
    loss && t("recipe.loss", { loss: withOptions(loss) }),
    optimizer && t("recipe.optimizer", { optimizer: withOptions(optimizer) }),
    schedule && t("recipe.schedule", { schedule: withOptions(schedule) }),
  ];
  return parts.filter(Boolean).join("; ");
}

/** `adamw (learning_rate 0.001)`: without what is left at null or a name. */
function withOptions(value: unknown): string {
  const options = Object.entries(optionsOf(value)).filter(([, each]) => typeof each === "number");
  const written = options.map(([name, each]) => `${name} ${String(each)}`).join(", ");
  return written ? `${nameOf(value)} (${written})` : (nameOf(value) ?? "");
}

/** Of each member its recipe, in the order of the members. */
export const recipeOfEach = (recipes: readonly RecipeLike[]): RecipeLike[] =>
  recipes.flatMap((recipe) => Array.from({ length: recipe.count ?? 1 }, () => recipe));
