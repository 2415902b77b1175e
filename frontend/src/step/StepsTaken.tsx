import { short, whole } from "../parts/format";
import { Num } from "../parts/Num";
import { Sparkline } from "../parts/Sparkline";
import { t } from "../texts/texts";

/** How many steps were taken from where one began, and what they did to the loss. The last loss is the present one. */
export function StepsTaken({ count, losses }: { count: number; losses: readonly number[] }) {
  const [first, last] = [losses[0]!, losses.at(-1)!];
  const values = { first: short(first), last: short(last) };
  return (
    <div class="row steps-taken" role="status">
      <strong class="num">{t("step.taken", { count: whole(count) })}</strong>
      <span class="small quiet">
        {t("home.loss")} <Num value={first} digits={5} /> → <Num value={last} digits={5} />
      </span>
      <Sparkline values={[...losses]} label={t("step.taken.losses", values)} />
    </div>
  );
}
