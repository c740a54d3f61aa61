/* Google Forms: the time of an answer is in the first column, and its title in the language of the form. */
#include "reading/platform.h"

#define TIME "#?#?# *#:#:#*"

const platform platform_google_forms = {
    .name = "google-forms",
    .title = "Google Forms",
    .shapes =
        {
            {1, 1, 0, {{1, PLATFORM_BEGINS, "Timestamp"}, {2, PLATFORM_BEGINS, TIME}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "时间戳*"}, {2, PLATFORM_BEGINS, TIME}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "時間戳*"}, {2, PLATFORM_BEGINS, TIME}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "Zeitstempel"}, {2, PLATFORM_BEGINS, TIME}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "Horodateur"}, {2, PLATFORM_BEGINS, TIME}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "Marca temporal"}, {2, PLATFORM_BEGINS, TIME}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "タイムスタンプ"}, {2, PLATFORM_BEGINS, TIME}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "타임스탬프"}, {2, PLATFORM_BEGINS, TIME}}},
        },
};
