/* What plan.c and stats/plan/decode.c agree on. */
#ifndef CANVASS_STATS_PLAN_CODEC_H
#define CANVASS_STATS_PLAN_CODEC_H

enum {
  PLAN_VERSION = 7,
  PLAN_HAS_INTEGERS = 1, /* flags of an argument's list */
  PLAN_HAS_NUMBERS = 2,
  PLAN_HAS_TEXTS = 4,
  PLAN_HAS_QUESTIONS = 8,
  PLAN_HAS_ALL = 15,
  /* Limits that a decoder allocates by; each is far above what a specification of 4 MiB can say. */
  PLAN_TEXT_MAX = 1 << 16,
  PLAN_REPORT_MAX = 1 << 22,
  PLAN_VARIABLES_MAX = 100000,
  PLAN_CONSTRUCTS_MAX = 10000,
  PLAN_ANALYSES_MAX = 10000,
  PLAN_FILES_MAX = 100000,
  PLAN_LIST_MAX = 1000000,
  PLAN_COLUMNS_MAX = 4000, /* of rows: a key, and as many again for reasons, are within a sheet's */
};

#endif
