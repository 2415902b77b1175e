import { texts } from "./texts";

export const rowsTexts = texts({
  "rows.title": ["Rows", "행"],
  "rows.own": ["Rows of this network ({count})", "이 신경망의 행({count}개)"],
  "rows.part.test": ["Test rows ({count})", "테스트 행({count}개)"],
  "rows.part.validation": ["Validation rows ({count})", "검증 행({count}개)"],
  "rows.part.training": ["Rows it was trained on ({count})", "학습에 쓴 행({count}개)"],
  "rows.dataset": ["A data set", "데이터 세트"],
  "rows.dataset.of": ["{name} ({count} {count|row|rows})", "{name}(행 {count}개)"],
  "rows.paste": ["Paste or open a table", "표 붙여넣기 또는 열기"],
  "rows.text": ["Rows as text", "텍스트로 된 행"],
  "rows.target": ["target", "정답"],
  "rows.help": [
    "One row per line, cells separated by commas: the inputs first, then the target. A header with names is optional.",
    "한 줄에 한 행씩, 쉼표로 칸을 나눕니다. 입력을 먼저, 정답을 그다음에 적습니다. 이름이 적힌 머리줄은 선택 사항입니다.",
  ],
  "rows.read": ["{count} {count|row|rows} read.", "행 {count}개를 읽었습니다."],
  "rows.open": ["Open a file …", "파일 열기 …"],
  "rows.line": ["Line {line}", "{line}번째 줄"],
  "rows.more": ["… {count} more", "… {count}개 더"],
  "rows.row": ["Row {row}", "{row}번째 행"],
  "rows.fault.width": ["Line {line} has {count} {count|cell|cells}; the first has {wanted}.", "{line}번째 줄에는 칸이 {count}개 있지만 첫 줄에는 {wanted}개 있습니다."],
  "rows.fault.number": ["Line {line}, column {column}: “{text}” is not a number.", "{line}번째 줄, {column}번째 칸: “{text}”은(는) 숫자가 아닙니다."],
  "rows.fault.column": ["Column “{column}” is missing. Columns found: {known}.", "“{column}” 열이 없습니다. 있는 열: {known}."],
  "rows.fault.few": ["No rows yet.", "아직 행이 없습니다."],
  "rows.fault.target": ["No column is left for the target: after {count} {count|input|inputs} there must be at least one more.", "정답 열이 없습니다. 입력 {count}개 뒤에 적어도 한 열이 더 있어야 합니다."],
});
