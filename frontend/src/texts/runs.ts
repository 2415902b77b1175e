import { texts } from "./texts";

export const runsTexts = texts({
  "runs.search": ["Search", "검색"],
  "runs.search.hint": ["name, tag, optimizer …", "이름, 태그, 옵티마이저 …"],
  "runs.every": ["all", "전체"],
  "runs.count": ["{count} of {all}", "{all}개 중 {count}개"],
  "runs.count.loading": ["{count} of {all}, loading …", "{all}개 중 {count}개, 불러오는 중 …"],
  "runs.none": ["Nothing has been trained yet.", "아직 학습한 것이 없습니다."],
  "runs.none.found": ["No training matches.", "일치하는 학습이 없습니다."],
  "runs.more": ["Show {count} more", "{count}개 더 보기"],
  "runs.seconds": ["Training time", "학습 시간"],
  "runs.early": ["stopped early", "조기 종료"],
  "runs.best": ["best", "최고"],
  "runs.choose": ["Select {run}", "{run} 선택"],
  "runs.chosen": ["{count} selected", "{count}개 선택"],
  "runs.compare": ["Compare", "비교하기"],
  "runs.compare.most": ["At most {most} can be compared.", "최대 {most}개까지 비교할 수 있습니다."],
  "runs.cancel": ["Cancel {count}", "{count}개 취소"],
  "runs.clear": ["Clear the selection", "선택 해제"],
  "runs.waiting": ["{count} {count|job|jobs} waiting", "대기 중인 작업 {count}개"],
});
