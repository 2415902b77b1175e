import { texts } from "./texts";

export const downloadTexts = texts({
  "downloads.title": ["Use it elsewhere", "다른 곳에서 쓰기"],
  "downloads.live": ["Download the live weights", "사용 중인 가중치 내려받기"],
  "downloads.of": ["Download version {version}", "버전 {version} 내려받기"],
  "downloads.weights": ["Weights to download", "내려받을 가중치"],
  "downloads.format": ["As", "형식"],
  "downloads.do": ["Download {file}", "{file} 내려받기"],
  "downloads.busy": ["Writing the file …", "파일을 만드는 중 …"],
  "downloads.curl": ["Copy as curl", "curl로 복사"],
  "downloads.code": ["Three lines to use it", "세 줄로 쓰기"],
  "downloads.needs": ["Needs {packages}.", "필요한 패키지: {packages}."],
  "downloads.python": ["Python file", "Python 파일"],
  "downloads.python.help": [
    "A program that needs NumPy alone, with preprocessing and weights inside. It also reads CSV on the command line.",
    "NumPy만 있으면 되는 프로그램으로, 전처리와 가중치가 들어 있습니다. 명령줄에서 CSV도 읽습니다.",
  ],
  "downloads.onnx": ["ONNX (matrices)", "ONNX(행렬)"],
  "downloads.onnx.help": ["For ONNX Runtime in any language, with preprocessing, labels and units inside.", "어떤 언어의 ONNX Runtime에서든 씁니다. 전처리, 클래스 이름, 단위가 들어 있습니다."],
  "downloads.onnx_columns": ["ONNX (columns)", "ONNX(열)"],
  "downloads.onnx_columns.help": ["The same for programs that feed one vector per column. There is an output for each class.", "열마다 벡터 하나를 넣는 프로그램에 씁니다. 클래스마다 출력이 있습니다."],
  "downloads.mlflow": ["MLflow model", "MLflow 모델"],
  "downloads.mlflow.help": ["A zip of a folder that MLflow loads, serves and registers. Unpack it first.", "MLflow가 불러오고 서비스하고 등록하는 폴더의 zip입니다. 먼저 압축을 푸세요."],
  "downloads.safetensors": ["Weights, safetensors", "가중치, safetensors"],
  "downloads.safetensors.help": ["The bare numbers of every layer, exact; preprocessing is in the metadata.", "모든 층의 값 그대로입니다. 전처리는 메타데이터에 있습니다."],
  "downloads.json": ["Weights, JSON", "가중치, JSON"],
  "downloads.json.help": ["The same numbers as text, with the preprocessing beside them.", "같은 값을 텍스트로, 전처리와 함께 담았습니다."],
});
