import { whole } from "../parts/format";
import { t } from "../texts/texts";
import { type RecipeLike, recipeInWords } from "./recipes";

/** How the members of an ensemble differ. */
export const Recipes = ({ recipes }: { recipes: readonly RecipeLike[] }) => (
  <ul class="small recipes">
    {recipes.map((recipe) => (
      <li>
        {t("recipe.members", { count: whole(recipe.count ?? 1) })}
        {recipeInWords(recipe) && `: ${recipeInWords(recipe)}`}
      </li>
    ))}
  </ul>
);
