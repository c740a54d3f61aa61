/* KoBoToolbox and ODK: names of questions behind those of their groups, options behind their question. */
#include "reading/platform.h"

#define GROUPED(row, test, own)       \
  {                                   \
    1, 1, 0,                          \
        {{1, PLATFORM_SOME, "_id"},   \
         {1, PLATFORM_SOME, "?*/?*"}, \
         {1, PLATFORM_SOME, "start"}, \
         {row, test, own}},           \
        false                         \
  }

const platform platform_kobo = {
    .name = "kobo",
    .title = "KoBo / ODK",
    .aliases = {"odk", "kobotoolbox"},
    .shapes =
        {
            {1, 1, 0, {{1, PLATFORM_SOME, "_uuid"}, {1, PLATFORM_SOME, "_submission_time"}}},
            GROUPED(1, PLATFORM_SOME, "_uuid"),
            GROUPED(1, PLATFORM_SOME, "_submission_time"),
            GROUPED(1, PLATFORM_SOME, "_index"),
            GROUPED(1, PLATFORM_SOME, "_validation_status"),
            GROUPED(2, PLATFORM_BEGINS, "#-#-#T#:#:#*"),
            {1, 1, 0, {{1, PLATFORM_SOME, "KEY"}, {1, PLATFORM_SOME, "SubmissionDate"}}},
        },
    .missing = {{"n/a", "not_asked"}},
};
