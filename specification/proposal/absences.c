#include "specification/proposal/absences.h"

#include <stddef.h>

#include "specification/proposal/words.h"

enum { ABSENCE_BYTES_MAX = 32 };

static const absence absences[] = {
    {"n/a", "not_applicable", true},
    {"#n/a", "other", true},
    {"#div/0!", "other", true},
    {"#value!", "other", true},
    {"#ref!", "other", true},
    {"#name?", "other", true},
    {"#num!", "other", true},
    {"#null!", "other", true},
    {"#spill!", "other", true},
    {"#calc!", "other", true},
    {"na", "other", false},
    {"n.a.", "not_applicable", true},
    {"null", "blank", true},
    {"nan", "blank", false},
    {"none", "other", false},
    {"-", "blank", true},
    {"--", "blank", true},
    {"---", "blank", true},
    {"—", "blank", true},
    {"——", "blank", true},
    {"–", "blank", true},
    {"―", "blank", true},
    {"－", "blank", true},
    {"/", "blank", true},
    {"／", "blank", true},
    {"\\", "blank", true},
    {"*", "other", true},
    {".", "blank", true},
    {"?", "dont_know", true},
    {"-oth-", "other", true},
    {"not applicable", "not_applicable", true},
    {"does not apply", "not_applicable", true},
    {"not asked", "not_asked", true},
    {"not rated", "blank", true},
    {"not used", "not_applicable", false},
    {"never used", "not_applicable", false},
    {"did not use", "not_applicable", false},
    {"didn't use", "not_applicable", false},
    {"have not used", "not_applicable", false},
    {"haven't used", "not_applicable", false},
    {"not available", "other", false},
    {"skipped", "not_asked", false},
    {"no experience", "not_applicable", false},
    {"no answer", "blank", true},
    {"not answered", "blank", true},
    {"missing", "blank", false},
    {"unknown", "dont_know", false},
    {"not sure", "dont_know", false},
    {"unsure", "dont_know", false},
    {"no opinion", "dont_know", false},
    {"don't know", "dont_know", false},
    {"dont know", "dont_know", false},
    {"do not know", "dont_know", false},
    {"i don't know", "dont_know", false},
    {"don't know / no answer", "dont_know", false},
    {"can't say", "dont_know", false},
    {"prefer not to say", "refused", false},
    {"prefer not to answer", "refused", false},
    {"prefer_not_to_answer", "refused", false},
    {"refused", "refused", false},
    {"keine angabe", "refused", false},
    {"k.a.", "refused", false},
    {"k. a.", "refused", false},
    {"weiß nicht", "dont_know", false},
    {"weiss nicht", "dont_know", false},
    {"entfällt", "not_applicable", false},
    {"n.v.t.", "not_applicable", true},
    {"nvt", "not_applicable", false},
    {"geen antwoord", "blank", false},
    {"s/o", "not_applicable", false},
    {"sans objet", "not_applicable", false},
    {"ne sait pas", "dont_know", false},
    {"nsp", "dont_know", false},
    {"no sabe", "dont_know", false},
    {"ns/nc", "dont_know", false},
    {"no aplica", "not_applicable", false},
    {"保密", "refused", false},
    {"未知", "dont_know", false},
    {"没有", "other", false},
    {"沒有", "other", false},
    {"(空)", "blank", true},
    {"(跳过)", "not_asked", true},
    {"(跳過)", "not_asked", true},
    {"空", "blank", false},
    {"未填写", "blank", true},
    {"未填寫", "blank", true},
    {"未填", "blank", true},
    {"无", "other", false},
    {"無", "other", false},
    {"不清楚", "dont_know", false},
    {"不知道", "dont_know", false},
    {"不了解", "dont_know", false},
    {"不瞭解", "dont_know", false},
    {"说不清", "dont_know", false},
    {"說不清", "dont_know", false},
    {"未使用", "not_applicable", false},
    {"没用过", "not_applicable", false},
    {"沒用過", "not_applicable", false},
    {"未用过", "not_applicable", false},
    {"未用過", "not_applicable", false},
    {"没使用过", "not_applicable", false},
    {"沒使用過", "not_applicable", false},
    {"未使用过", "not_applicable", false},
    {"未使用過", "not_applicable", false},
    {"没有使用过", "not_applicable", false},
    {"沒有使用過", "not_applicable", false},
    {"未体验", "not_applicable", false},
    {"未體驗", "not_applicable", false},
    {"未接触", "not_applicable", false},
    {"未接觸", "not_applicable", false},
    {"没接触过", "not_applicable", false},
    {"沒接觸過", "not_applicable", false},
    {"不涉及", "not_applicable", false},
    {"未涉及", "not_applicable", false},
    {"未评价", "blank", true},
    {"未評價", "blank", true},
    {"未评", "blank", true},
    {"未評", "blank", true},
    {"未评分", "blank", true},
    {"未評分", "blank", true},
    {"无评价", "blank", false},
    {"無評價", "blank", false},
    {"未作答", "blank", true},
    {"未回答", "blank", true},
    {"未选择", "blank", true},
    {"未選擇", "blank", true},
    {"未选", "blank", false},
    {"未選", "blank", false},
    {"缺失", "other", false},
    {"缺失值", "other", true},
    {"拒答", "refused", true},
    {"缺考", "other", false},
    {"不适用", "not_applicable", true},
    {"不適用", "not_applicable", true},
    {"拒绝回答", "refused", true},
    {"拒絕回答", "refused", true},
    {"不愿回答", "refused", true},
    {"不願回答", "refused", true},
};

const absence *absence_of(slice text) {
  char room[WORD_BYTES];
  if (text.length > ABSENCE_BYTES_MAX) {
    return NULL;
  }
  const slice folded = words_fold(text, room);
  for (size_t i = 0; folded.length > 0 && i < sizeof absences / sizeof absences[0]; i++) {
    if (absences[i].text[0] == folded.bytes[0] && slice_equal(folded, slice_of(absences[i].text))) {
      return &absences[i];
    }
  }
  return NULL;
}

const char *absence_code(int64_t code) {
  static const struct row {
    int64_t code;
    const char *reason;
  } rows[] = {
      {-1, "other"},   {-2, "other"},    {-3, "other"},    {-7, "other"},  {-8, "other"},  {-9, "other"},
      {-77, "other"},  {-88, "other"},   {-96, "other"},   {-97, "other"}, {-98, "other"}, {-99, "other"},
      {-999, "other"}, {77, "other"},    {88, "other"},    {96, "other"},  {97, "other"},  {98, "other"},
      {99, "other"},   {888, "other"},   {997, "other"},   {998, "other"}, {999, "other"}, {9998, "other"},
      {9999, "other"}, {99999, "other"}, {-9999, "other"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    if (rows[i].code == code) {
      return rows[i].reason;
    }
  }
  return NULL;
}
