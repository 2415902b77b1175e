import { texts } from "./texts";

export const limitTexts = texts({
  "limits.title": ["Limits of this key (optional)", "이 키의 한도(선택)"],
  "limits.help": [
    "A rate is 100/second, also per minute, hour or day. 0 is no limit; an empty field is the service's limit.",
    "속도는 100/second처럼 적고 minute, hour, day도 쓸 수 있습니다. 0은 한도 없음이고, 비워 두면 서비스의 한도를 따릅니다.",
  ],
  "limits.predict": ["Predictions", "예측"],
  "limits.train": ["New networks and jobs", "새 신경망과 작업"],
  "limits.uploads": ["Uploads", "올리기"],
  "limits.running_jobs": ["Running jobs", "실행 중인 작업"],
  "limits.queued_jobs": ["Queued jobs", "대기 중인 작업"],
  "limits.stored_bytes": ["Stored data, in MB", "저장한 데이터(MB)"],
  "limits.column": ["Limits", "한도"],
});
