import { texts } from "./texts";

export const ensembleTexts = texts({
  "recipe.members": ["{count} {count|member|members}", "구성 신경망 {count}개"],
  "recipe.number": ["read each number as it is", "숫자를 그대로 읽음"],
  "recipe.piecewise": ["also read each number in bins", "숫자를 구간으로도 나누어 읽음"],
  "recipe.layers": ["layers {layers}", "층 {layers}"],
  "recipe.loss": ["loss {loss}", "손실 함수 {loss}"],
  "recipe.optimizer": ["optimizer {optimizer}", "옵티마이저 {optimizer}"],
  "recipe.schedule": ["learning rate schedule {schedule}", "학습률 스케줄 {schedule}"],
  "members.title": ["How much does each member count?", "구성 신경망은 얼마나 반영되나요?"],
  "members.help": ["Predictions are the weighted mean of all members.", "예측은 모든 구성 신경망의 가중 평균입니다."],
  "members.loss": ["Loss on {rows} validation {rows|row|rows}: {loss} with these weights, {equal} with equal ones.", "검증 행 {rows}개의 손실: 이 비중으로 {loss}, 같은 비중이면 {equal}입니다."],
  "members.member": ["Member", "구성 신경망"],
  "members.recipe": ["Its recipe", "구성 방식"],
  "members.weight": ["Weight", "비중"],
  "members.left_out": ["left out", "제외"],
});
