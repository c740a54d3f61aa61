/* What to know before the figures are trusted: small bases, missing answers, records that could not be used.
 */
#include <math.h>
#include <stdio.h>

#include "report/findings_parts.h"
#include "report/layout_build.h"

static void say(const document *d, layout_texts *out, rule_id id, const sentence_place *places,
                size_t count) {
  layout_texts_add(d, out, rule_say(d, id, true, places, count));
}

/* Where a rule counts: said from its threshold on. */
static void say_count(const document *d, layout_texts *out, rule_id id, int64_t n) {
  if ((double)n >= rule_of(id)->threshold) {
    say(d, out, id, &(sentence_place){"n", figure_count(d, n)}, 1);
  }
}

static int64_t small_bases(const layout *l, double least) {
  int64_t count = 0;
  for (size_t i = 0; i < l->sections_count; i++) {
    const layout_table *t = l->sections[i].headline_table;
    for (size_t r = 0; t != NULL && r < t->rows_count; r++) {
      const json *n = json_get(json_at(t->rows, r), "n");
      count += json_kind_of(n) == JSON_INTEGER && (double)json_as_integer(n) < least ? 1 : 0;
    }
  }
  return count;
}

static void say_small_bases(const outline *o, layout_texts *out) {
  const document *d = o->l->document;
  const double least = rule_of(RULE_small_bases)->threshold;
  const int64_t count = small_bases(o->l, least);
  const sentence_place places[] = {{"n", figure_count(d, count)},
                                   {"threshold", figure_count(d, (int64_t)least)}};
  if (count > 0) {
    say(d, out, RULE_small_bases, places, 2);
  }
}

/* ---- Missing answers ----------------------------------------------------------------------------- */

static int64_t missing_of(const json *variable) {
  const json *missing = json_get(variable, "missing");
  int64_t count = json_as_integer(json_get(variable, "invalid"));
  for (size_t i = 0; i < json_count(missing); i++) {
    if (__builtin_add_overflow(count, json_as_integer(json_member(missing, i, NULL)), &count)) {
      return 0; /* no survey has so many */
    }
  }
  return count;
}

static void say_missing(const document *d, layout_texts *out) {
  const json *variables = json_get(json_get(d->root, "data"), "variables");
  const json *worst = NULL;
  double most = 0;
  for (size_t i = 0; i < json_count(variables); i++) {
    const json *variable = json_at(variables, i);
    const double missing = (double)missing_of(variable);
    const double all = missing + (double)json_as_integer(json_get(variable, "answered"));
    const double percent = all > 0 ? 100 * missing / all : 0;
    if (percent > most) {
      most = percent;
      worst = variable;
    }
  }
  if (worst != NULL && most >= rule_of(RULE_missing)->threshold) {
    char percent[32];
    (void)snprintf(percent, sizeof percent, "%.1f", most < 100 ? most : 100);
    const sentence_place places[] = {{"item", document_item(d, json_as_text(json_get(worst, "name")))},
                                     {"n", figure_count(d, missing_of(worst))},
                                     {"percent", slice_of(percent)}};
    say(d, out, RULE_missing, places, 3);
  }
}

static int64_t count_warnings(const layout *l) {
  int64_t count = 0;
  for (size_t i = 0; i < l->sections_count; i++) {
    count += (int64_t)json_count(json_get(l->sections[i].json, "warnings"));
  }
  return count;
}

void findings_warnings(const outline *o, layout_texts *out) {
  const document *d = o->l->document;
  const json *data = json_get(d->root, "data");
  int64_t unread = json_as_integer(json_get(data, "quarantined"));
  if (__builtin_add_overflow(unread, json_as_integer(json_get(data, "lost_rows")), &unread)) {
    unread = INT64_MAX;
  }
  say_small_bases(o, out);
  say_count(d, out, RULE_large_base, json_as_integer(json_get(data, "rows")));
  say_missing(d, out);
  say_count(d, out, RULE_unread, unread);
  say_count(d, out, RULE_warned, count_warnings(o->l));
}
