/* Qualtrics: short names, question texts, import ids as JSON.  Its workbooks and older exports lack the third
 * row, and their texts may be in another language; the older ones begin with V1, V2, ... or say ResponseID
 * twice. */
#include "reading/platform.h"

const platform platform_qualtrics = {
    .name = "qualtrics",
    .title = "Qualtrics",
    .shapes =
        {
            {3, 1, 2, {{3, PLATFORM_EVERY, "{\"ImportId\":*"}}},
            {2, 1, 2, {{1, PLATFORM_SOME, "ResponseId"}, {2, PLATFORM_SOME, "Response ID"}}},
            {2,
             1,
             2,
             {{1, PLATFORM_SOME, "ResponseId"}, {2, PLATFORM_LACKS, "R_*"}, {3, PLATFORM_SOME, "R_*"}},
             false},
            {2, 1, 2, {{2, PLATFORM_SOME, "ResponseID"}, {2, PLATFORM_SOME, "ResponseSet"}}},
        },
    .missing = {{"-99", "refused"}},
};
