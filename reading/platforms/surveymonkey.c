/* SurveyMonkey: questions, and below them their choices; a question stands above its first choice only.
 * Nothing stands below the columns of the respondent. */
#include "reading/platform.h"

const platform platform_surveymonkey = {
    .name = "surveymonkey",
    .title = "SurveyMonkey",
    .shapes =
        {
            {2,
             3,
             0,
             {{1, PLATFORM_BEGINS, "Respondent*ID"}, {2, PLATFORM_BEGINS, "\t"}, {2, PLATFORM_SOME, "?*"}}},
            {2,
             3,
             0,
             {{1, PLATFORM_BEGINS, "Respondent*ID"},
              {1, PLATFORM_SOME, ""},
              {2, PLATFORM_BEGINS, ""},
              {2, PLATFORM_SOME, "?*"}}},
            {2, 3, 0, {{1, PLATFORM_BEGINS, "?*"}, {2, PLATFORM_BEGINS, ""}, {2, PLATFORM_SOME, "Response"}}},
            {2, 3, 0, {{1, PLATFORM_BEGINS, "?*"}, {2, PLATFORM_SOME, "Open-Ended Response"}}},
        },
};
