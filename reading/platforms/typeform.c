/* Typeform. */
#include "reading/platform.h"

const platform platform_typeform = {
    .name = "typeform",
    .title = "Typeform",
    .shapes =
        {
            {1, 1, 0, {{1, PLATFORM_BEGINS, "?"}, {1, PLATFORM_SOME, "Network ID"}}},
            {1, 1, 0, {{1, PLATFORM_SOME, "Submit Date (UTC)"}, {1, PLATFORM_SOME, "Network ID"}}},
        },
};
