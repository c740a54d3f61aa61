#include "specification/proposal/words.h"

#include <ctype.h>
#include <string.h>

/* Whether the byte at AT is a blank between two letters beyond ASCII. */
static bool is_between_signs(slice text, size_t at) {
  return text.bytes[at] == ' ' && at > 0 && at + 1 < text.length &&
         (unsigned char)text.bytes[at - 1] >= 0x80 && (unsigned char)text.bytes[at + 1] >= 0x80;
}

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
    } else if (is_between_signs(text, i)) {
      continue; /* "满 意" */
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

/* Takes off "①". */
static slice without_circled(slice s) {
  static const char first[] = "①";
  static const char last[] = "⑳";
  const size_t length = strlen(first);
  return s.length > length && memcmp(s.bytes, first, length) >= 0 && memcmp(s.bytes, last, length) <= 0
             ? without_first(s, length)
             : s;
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
  static const char *const stops[] = {".", "。", "!", "！", ";", "；"};
  for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
    const size_t length = strlen(stops[i]);
    if (s.length > length && memcmp(s.bytes + s.length - length, stops[i], length) == 0) {
      return slice_trim((slice){s.bytes, s.length - length});
    }
  }
  return s;
}

slice words_answer(slice text, char room[WORD_BYTES]) {
  return without_stop(without_points(without_number(without_circled(words_fold(text, room)))));
}

/* Each list ends with NULL.  `=word` must be the whole text. */
static const char *const words[WORD_KINDS][56] = {
    [WORD_RECOMMEND] = {"recommend", "推荐", "推薦", "nps", NULL},
    [WORD_SATISFACTION] = {"satisf", "满意", "滿意", "=sat", "csat", "happy with", "zufrieden", NULL},
    [WORD_RATING] = {"satisf",   "满意",     "滿意",      "=sat",      "csat",       "rate",
                     "rating",   "score",    "recommend", "推荐",      "推薦",       "评分",
                     "評分",     "打分",     "评价",      "評價",      "likely",     "likelihood",
                     "agree",    "同意",     "quality",   "important", "importance", "重要",
                     "how well", "how easy", "overall",   "总体",      "總體",       "整体",
                     "整體",     "=ease",    "分值",      "程度",      "stars",      NULL},
    [WORD_ID] = {"=id",         "=_id",      "=uuid",         "=_uuid",     "=key",        "=序号",
                 "=序號",       "=编号",     "=編號",         "=#",         "respondent",  "responseid",
                 "response id", "record_id", "recordid",      "=token",     "=uid",        "=user_id",
                 "=userid",     "=email",    "email address", "=答卷编号",  "=答卷id",     "=用户id",
                 "=respid",     "=caseid",   "=case_id",      "=sample_id", "=network id", "=工号",
                 "=工號",       "=学号",     "=學號",         "=会员编号",  "=會員編號",   "=客户编号",
                 "=客戶編號",   "=问卷编号", "=問卷編號",     "=手机号",    "=手机号码",   "=会员号",
                 NULL},
    [WORD_WEIGHT] = {"=weight", "=weights", "=wt", "=wgt", "=w", "=pweight", "=fweight", "=finalwt", "=权重",
                     "=權重", "=加权", "=加權", "=weight_final", "=sample_weight", "=survey_weight", NULL},
    [WORD_DATE] = {"date", "time", "day", "日期", "时间", "時間", "timestamp", "submitted", "started", NULL},
    [WORD_OTHER] = {"other", "specify", "其他", "其它", "请注明", "請註明", "请说明", "_text", NULL},
    [WORD_CODE] = {"zip",  "postal", "postcode", "post code", "plz",    "phone",  "邮编",   "郵遞", "电话",
                   "電話", "手机",   "手機",     "code",      "编号",   "編號",   "工号",   "工號", "卡号",
                   "卡號", "单号",   "單號",     "身份证",    "身份證", "证件号", "證件號", NULL},
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
    [WORD_NOTE] = {"注:",         "注：",      "註:",      "註：",       "备注",   "備註",    "说明",
                   "說明",        "数据来源",  "資料來源", "制表",       "製表",   "填表",    "填报",
                   "填報",        "审核",      "審核",     "复核",       "覆核",   "负责人",  "負責人",
                   "统计人",      "統計人",    "经办",     "經辦",       "日期:",  "日期：",  "签字",
                   "簽字",        "签名",      "簽名",     "note:",      "notes:", "source:", "prepared by",
                   "approved by", "signature", "date:",    "checked by", "*",      "※",       NULL},
    [WORD_NOT_ASKED] = {"not recommend",
                        "n't recommend",
                        "never recommend",
                        "how often",
                        "how many",
                        "number of",
                        "reason",
                        "referral code",
                        "不推荐",
                        "不推薦",
                        "不会推荐",
                        "不會推薦",
                        "不愿推荐",
                        "不願推薦",
                        "不愿意推荐",
                        "不願意推薦",
                        "几次",
                        "幾次",
                        "次数",
                        "次數",
                        "多少",
                        "几人",
                        "推荐人",
                        "推薦人",
                        "推荐码",
                        "推薦碼",
                        "推荐理由",
                        "推薦理由",
                        "推荐原因",
                        "推薦原因",
                        "推荐过",
                        "推薦過",
                        "推荐后",
                        "推薦後",
                        "被推荐",
                        "被推薦",
                        "经推荐",
                        "經推薦",
                        "advise against",
                        NULL},
    [WORD_DISSATISFIED] = {"dissatisf", "unsatisf", "unzufrieden", "not satisf", "n't satisf", "不满意",
                           "不滿意", "不太满意", "不太滿意", "不够满意", "不夠滿意", NULL},
    [WORD_COUNT] = {"how many", "how much", "number of", "count of", "=count", "次数", "次數",   "人数",
                    "人數",     "数量",     "數量",      "件数",     "件數",   "个数", "個數",   "几次",
                    "幾次",     "几个",     "幾個",      "几人",     "幾人",   "多少", "孩子数", "孩子數",
                    "子女数",   "子女數",   "台数",      "臺數",     "天数",   "天數", "anzahl", NULL},
    [WORD_NO_RATING] = {"reason", "why", "原因", "理由", "哪个", "哪個", "哪一", "哪家", "哪种", "哪種",
                        "哪些", "哪项", "哪項", "which of", "分组", "分組", "员工", "員工", NULL},
    [WORD_RANK] = {"=rank", "rank ", " rank", "ranking", "ranked", "rank_", "_rank", "名次", "排名", "排序",
                   "第几", "第幾", "顺序", "順序", NULL},
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

/* How much of FOLDED, from AT on, is a word of KIND; 0: none. */
static size_t word_at(word_kind kind, slice folded, size_t at) {
  size_t longest = 0;
  for (size_t i = 0; words[kind][i] != NULL; i++) {
    const char *word = words[kind][i];
    const size_t length = strlen(word);
    if (word[0] != '=' && at + length <= folded.length && memcmp(folded.bytes + at, word, length) == 0) {
      longest = length > longest ? length : longest;
    }
  }
  return longest;
}

bool words_have_but(word_kind kind, word_kind but, slice text) {
  char room[WORD_BYTES];
  char left[WORD_BYTES];
  size_t kept = 0;
  const slice folded = words_fold(text_cut(text, WORD_BYTES - 1), room);
  for (size_t at = 0; at < folded.length;) {
    const size_t length = word_at(but, folded, at);
    left[kept] = length > 0 ? ' ' : folded.bytes[at];
    kept++;
    at += length > 0 ? length : 1;
  }
  return words_have(kind, (slice){left, kept});
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
