#include "specification/proposal/words.h"

#include <ctype.h>
#include <string.h>

slice words_fold(slice text, char room[WORD_BYTES]) {
  static const char apostrophe[] = "\xE2\x80\x99";
  size_t length = 0;
  if (text.length >= WORD_BYTES) {
    return (slice){"", 0};
  }
  for (size_t i = 0; i < text.length; i++) {
    if (text.length - i >= 3 && memcmp(text.bytes + i, apostrophe, 3) == 0) {
      room[length++] = '\'';
      i += 2;
    } else {
      const unsigned char byte = (unsigned char)text.bytes[i];
      room[length++] = byte < 0x80 ? (char)tolower(byte) : (char)byte;
    }
  }
  return (slice){room, length};
}

static slice without_first(slice s, size_t bytes) {
  return slice_trim((slice){s.bytes + bytes, s.length - bytes});
}

/* Takes off "a.", "b、", "3 - ", "4=": a letter or digits, and a mark. */
static slice without_number(slice s) {
  static const char *const marks[] = {".", ")", ":", "=", "-", "、", "．", "：", "）", "–"};
  size_t at = 0;
  while (at < s.length && at < 2 && isdigit((unsigned char)s.bytes[at])) {
    at++;
  }
  at += at == 0 && s.length > 0 && isalpha((unsigned char)s.bytes[0]);
  slice rest = without_first(s, at);
  for (size_t i = 0; at > 0 && i < sizeof marks / sizeof marks[0]; i++) {
    const slice mark = slice_of(marks[i]);
    if (rest.length > mark.length && memcmp(rest.bytes, mark.bytes, mark.length) == 0) {
      return without_first(rest, mark.length);
    }
  }
  return s;
}

/* Takes off "(5分)", "（5）" and "." at the end. */
static slice without_points(slice s) {
  static const char *const opens[] = {"(", "（", "["};
  static const char *const closes[] = {")", "）", "]"};
  for (size_t i = 0; i < sizeof opens / sizeof opens[0]; i++) {
    const slice close = slice_of(closes[i]);
    if (s.length <= close.length ||
        memcmp(s.bytes + s.length - close.length, close.bytes, close.length) != 0) {
      continue;
    }
    const char *open = memmem(s.bytes, s.length, opens[i], strlen(opens[i]));
    const size_t inside = open != NULL ? (size_t)(open - s.bytes) + strlen(opens[i]) : 0;
    if (inside > strlen(opens[i]) && isdigit((unsigned char)s.bytes[inside])) {
      return slice_trim((slice){s.bytes, (size_t)(open - s.bytes)});
    }
  }
  return s;
}

static slice without_stop(slice s) {
  static const char *const stops[] = {".", "。", "!", "！"};
  for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
    const size_t length = strlen(stops[i]);
    if (s.length > length && memcmp(s.bytes + s.length - length, stops[i], length) == 0) {
      return slice_trim((slice){s.bytes, s.length - length});
    }
  }
  return s;
}

slice words_answer(slice text, char room[WORD_BYTES]) {
  return without_stop(without_points(without_number(words_fold(text, room))));
}

/* Each list ends with NULL.  `=word` must be the whole text. */
static const char *const words[WORD_KINDS][48] = {
    [WORD_RECOMMEND] = {"recommend", "推荐", "推薦", "nps", NULL},
    [WORD_SATISFACTION] = {"satisf", "满意", "滿意", "=sat", "csat", "happy with", NULL},
    [WORD_RATING] = {"satisf",    "满意",       "滿意",   "=sat",       "csat",     "rate",     "rating",
                     "score",     "recommend",  "推荐",   "推薦",       "评分",     "評分",     "打分",
                     "评价",      "評價",       "likely", "likelihood", "agree",    "同意",     "quality",
                     "important", "importance", "重要",   "how often",  "how well", "how easy", "overall",
                     "总体",      "總體",       "整体",   "整體",       "=ease",    "分值",     "程度",
                     "stars",     NULL},
    [WORD_ID] = {"=id",         "=_id",      "=uuid",         "=_uuid",     "=key",        "=序号",
                 "=序號",       "=编号",     "=編號",         "=#",         "respondent",  "responseid",
                 "response id", "record_id", "recordid",      "=token",     "=uid",        "=user_id",
                 "=userid",     "=email",    "email address", "=答卷编号",  "=答卷id",     "=用户id",
                 "=respid",     "=caseid",   "=case_id",      "=sample_id", "=network id", "=工号",
                 "=手机号",     "=手机号码", "=会员号",       NULL},
    [WORD_WEIGHT] = {"=weight", "=weights", "=wt", "=wgt", "=w", "=pweight", "=fweight", "=finalwt", "=权重",
                     "=權重", "=加权", "=加權", "=weight_final", "=sample_weight", "=survey_weight", NULL},
    [WORD_DATE] = {"date", "time", "day", "日期", "时间", "時間", "timestamp", "submitted", "started", NULL},
    [WORD_OTHER] = {"other", "specify", "其他", "其它", "请注明", "請註明", "请说明", "_text", NULL},
    [WORD_CODE] = {"zip", "postal", "postcode", "post code", "plz", "phone", "邮编", "郵遞", "电话", "電話",
                   "手机", "code", "编号", "編號", NULL},
    [WORD_STEM] = {"=q",    "=v",     "=var", "=item", "=x",  "=question", "=a",       "=b",
                   "=c",    "=f",     "=s",   "=t",    "=p",  "=col",      "=column_", "=column",
                   "=wave", "=field", "=qn",  "=q_",   "=v_", "=qid",      NULL},
    [WORD_COMMENT] = {"comment", "suggest", "feedback", "remark", "why",    "explain", "describe",
                      "=notes",  "建议",    "建議",     "意见",   "意見",   "备注",    "備註",
                      "原因",    "为什么",  "為什麼",   "理由",   "反馈",   "說明",    "说明",
                      "评论",    "評論",    "留言",     "=note",  "bemerk", NULL},
    [WORD_ADDRESS] = {"=ip", "=来自ip", "=ip地址", "=ip address", "=ipaddress", "=ip_address", "=來自ip",
                      NULL},
    [WORD_QUANTITY] = {"=age", "age in years", "=年龄",   "=年齡", "金额",   "金額", "价格",
                       "價格", "=price",       "=amount", "消费",  "消費",   "收入", "=income",
                       "次数", "次數",         "时长",    "時長",  "=spend", NULL},
    [WORD_NOTE] = {"注:", "注：", "备注", "備註", "说明", "說明", "数据来源", "資料來源", "制表", "製表",
                   "填表", "note:", "notes:", "source:", "*", "※", NULL},
    [WORD_TOTAL] = {"=合计",   "=总计",        "=小计",         "=共计",          "=汇总",    "=总和",
                    "=平均",   "=平均值",      "=平均分",       "=均值",          "=合計",    "=總計",
                    "=小計",   "=總和",        "=加總",         "=平均數",        "=平均数",  "=total",
                    "=totals", "=grand total", "=sum",          "=mean",          "=average", "=subtotal",
                    "=summe",  "=gesamt",      "=durchschnitt", "=total général", "=moyenne", NULL},
};

bool words_have(word_kind kind, slice text) {
  char room[WORD_BYTES];
  const slice folded = words_fold(text_cut(text, WORD_BYTES - 1), room);
  for (size_t i = 0; words[kind][i] != NULL; i++) {
    const char *word = words[kind][i];
    const bool is_whole = word[0] == '=';
    if (is_whole ? slice_equal(folded, slice_of(word + 1))
                 : memmem(folded.bytes, folded.length, word, strlen(word)) != NULL) {
      return true;
    }
  }
  return false;
}

bool words_begin(word_kind kind, slice text) {
  char room[WORD_BYTES];
  const slice folded = words_fold(text_cut(text, WORD_BYTES - 1), room);
  for (size_t i = 0; words[kind][i] != NULL; i++) {
    const size_t length = strlen(words[kind][i]);
    if (folded.length >= length && memcmp(folded.bytes, words[kind][i], length) == 0) {
      return true;
    }
  }
  return false;
}

const word_mark *words_mark_at(size_t index) {
  static const word_mark marks[] = {
      {"yes", "no"},
      {"true", "false"},
      {"checked", "unchecked"},
      {"selected", "not selected"},
      {"y", "n"},
      {"是", "否"},
      {"有", "无"},
      {"选中", "未选中"},
      {"選中", "未選中"},
      {"x", NULL},
      {"✓", NULL},
      {"✔", NULL},
      {"√", NULL},
      {"1", NULL},
  };
  return index < sizeof marks / sizeof marks[0] ? &marks[index] : NULL;
}
