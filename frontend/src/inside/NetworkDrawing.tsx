/** The network drawn by its own weights: a line's width is a weight's size, its colour the sign, a unit's fill its value. */
import type { ComponentChildren, TargetedMouseEvent } from "preact";
import { Scroll } from "../parts/Scroll";
import "../texts/inside";
import { Column } from "./Column";
import { Edges } from "./Edges";
import type { Fills } from "./fills";
import { type Edge, nearestEdge } from "./nearest";
import { type Places, placesOf } from "./places";
import type { Stage } from "./stages";

export interface Chosen {
  stage: number;
  unit: number;
}

interface Props {
  stages: readonly Stage[];
  /** Of each stage, what its units show, in words; while these move they may be a little older than the fills. */
  values: readonly (readonly number[] | null)[];
  fills: Fills;
  names: readonly string[];
  outputNames: readonly string[];
  chosen?: Chosen | null;
  /** Only these stages are in full ink; the others are faint. */
  lit?: ReadonlySet<number>;
  /** The same for the weights that lead to a stage. */
  litEdges?: ReadonlySet<number>;
  onChoose?(chosen: Chosen): void;
  /** A click on a connection; with the keyboard, it is reached through its unit. */
  onEdge?(edge: Edge): void;
  /** What changes the network, below the names of its layers. */
  controls?(places: Places): ComponentChildren;
  label: string;
}

const NO_NAMES: readonly never[] = [];
const HEAD = 44;
/** With controls below the names. */
const HEAD_WITH_CONTROLS = 104;

export function NetworkDrawing({
  stages,
  values,
  fills,
  names,
  outputNames,
  chosen,
  lit,
  litEdges,
  onChoose,
  onEdge,
  controls,
  label,
}: Props) {
  const places = placesOf(
    stages.map(({ units }) => units),
    controls ? HEAD_WITH_CONTROLS : HEAD,
  );
  const { width, height } = places;
  function choose({ currentTarget, target, clientX, clientY }: TargetedMouseEvent<SVGSVGElement>): void {
    const toPlace = currentTarget.getScreenCTM()?.inverse();
    if (!toPlace || (target as Element).closest("[role=button]")) return;
    const point = new DOMPoint(clientX, clientY).matrixTransform(toPlace);
    const edge = nearestEdge(stages, places, [point.x, point.y]);
    if (edge) onEdge?.(edge);
  }
  const isLit = (stage: number) => !lit || lit.has(stage);
  return (
    <Scroll class="drawing" label={label}>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of an SVG has no other element */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a connection is reached through its unit, too */}
      <svg
        class={onEdge && "with-edges"}
        onClick={onEdge && choose}
        viewBox={`0 0 ${width} ${height}`}
        style={{ "--drawing-width": `${width}px` }}
        role="group"
        aria-label={label}
      >
        {stages.map(
          (stage, at) =>
            stage.weights && (
              <Edges
                stage={stage}
                at={at}
                places={places}
                lit={!litEdges || litEdges.has(at)}
                chosen={chosen?.stage === at ? chosen.unit : null}
              />
            ),
        )}
        {stages.map((stage, at) => (
          <Column
            stage={stage}
            at={at}
            places={places}
            values={values[at]}
            fills={fills[at]}
            names={at === 0 ? names : at === stages.length - 1 ? outputNames : NO_NAMES}
            side={at === 0 ? -1 : at === stages.length - 1 ? 1 : 0}
            lit={isLit(at)}
            chosen={chosen?.stage === at ? chosen.unit : null}
            onChoose={onChoose && at > 0 ? (unit) => onChoose({ stage: at, unit }) : undefined}
          />
        ))}
        {controls?.(places)}
      </svg>
    </Scroll>
  );
}
