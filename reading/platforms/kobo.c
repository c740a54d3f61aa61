/* KoBoToolbox and ODK: names of questions behind those of their groups, options behind their question. */
#include "reading/platform.h"

const platform platform_kobo = {
    .name = "kobo",
    .title = "KoBo / ODK",
    .aliases = {"odk", "kobotoolbox"},
    .shapes =
        {
            {1, 1, 0, {{1, PLATFORM_SOME, "_uuid"}, {1, PLATFORM_SOME, "_submission_time"}}},
            {1, 1, 0, {{1, PLATFORM_SOME, "_id"}, {1, PLATFORM_SOME, "start"}, {1, PLATFORM_SOME, "?*/?*"}}},
            {1, 1, 0, {{1, PLATFORM_SOME, "KEY"}, {1, PLATFORM_SOME, "SubmissionDate"}}},
        },
    .missing = {{"n/a", "not_asked"}},
};
