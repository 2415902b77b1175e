"""Makes the Keras models of this folder. `pip install keras torch==2.13.0 onnx onnxscript`, then
`KERAS_BACKEND=torch python keras_models.py`."""

import json
from pathlib import Path

import keras
import numpy as np

HERE = Path(__file__).parent


def main() -> None:
    keras.utils.set_random_seed(3)
    layers = keras.layers
    models = {
        "keras_mlp": [layers.Dense(8, activation="relu"), layers.Dropout(0.2), layers.Dense(3, activation="softmax")],
        "keras_norms": [layers.Dense(8), layers.BatchNormalization(), layers.Activation("tanh"), layers.Dense(1)],
        "keras_smooth": [
            layers.Dense(8, activation="elu"),
            layers.Dense(8, activation="swish"),
            layers.Dense(1, activation="sigmoid"),
        ],
    }
    x = np.random.default_rng(1).normal(size=(20, 4)).astype("float32")
    for name, stack in models.items():
        model = keras.Sequential([keras.Input((4,)), *stack])
        model.compile("adam", "mse")
        model.fit(x, np.zeros((20, model.output_shape[-1])), verbose=0)
        outputs = np.asarray(model.predict(x, verbose=0))
        model.export(str(HERE / f"{name}.onnx"), format="onnx", verbose=False)
        (HERE / f"{name}.json").write_text(json.dumps({"inputs": x.tolist(), "outputs": outputs.tolist()}) + "\n")


if __name__ == "__main__":
    main()
