"""Makes the scikit-learn models of this folder. `pip install scikit-learn skl2onnx`, then
`python sklearn_models.py`."""

import json
from pathlib import Path

import numpy as np
from skl2onnx import to_onnx
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent


def main() -> None:
    draw = np.random.default_rng(3)
    x = (draw.normal(size=(200, 4)) * [1, 10, 0.1, 3] + [0, 50, 1, -2]).astype(np.float32)
    score = x[:, 0] + x[:, 1] / 10 - 5 - x[:, 3]
    classes = np.array(["low", "mid", "high"])[np.digitize(score, [1, 3])]
    options = {"max_iter": 300, "random_state": 1}
    models = {
        "sklearn_classes": (make_pipeline(StandardScaler(), MLPClassifier((8, 5), **options)), classes, {}),
        "sklearn_binary": (MLPClassifier((6,), activation="tanh", **options), score > 2, {"zipmap": False}),
        "sklearn_zipmap": (MLPClassifier((6,), activation="logistic", **options), (score > 2).astype(int) + 5, {}),
        "sklearn_numbers": (
            make_pipeline(StandardScaler(), MLPRegressor(hidden_layer_sizes=(7,), **options)),
            score,
            {},
        ),
    }
    for name, (model, y, wanted) in models.items():
        model.fit(x, y)
        about = {"options": {id(model): wanted}} if wanted else {}
        (HERE / f"{name}.onnx").write_bytes(to_onnx(model, x[:1], target_opset=17, **about).SerializeToString())
        answer = (
            model.predict_proba(x[:20]) if hasattr(model, "predict_proba") else model.predict(x[:20]).reshape(-1, 1)
        )
        labels = [str(label) for label in getattr(model, "classes_", [])]
        (HERE / f"{name}.json").write_text(
            json.dumps({"inputs": x[:20].tolist(), "outputs": answer.tolist(), "labels": labels}) + "\n"
        )


if __name__ == "__main__":
    main()
