/* SurveyMonkey: questions, and below them their choices; a question stands above its first choice only.
 * Nothing stands below the columns of the respondent, whose ids are numbers.  Tables of respondents of which
 * the first ones have no id come close to it: what they lack is a choice without a question, or `Response`.
 */
#include "reading/platform.h"

#define EXPORT(id, ...)                                                                                     \
  {                                                                                                         \
    2, 3, 0, {{1, PLATFORM_BEGINS, id}, {2, PLATFORM_BEGINS, ""}, {3, PLATFORM_FOLLOWS, "#"}, __VA_ARGS__}, \
        false                                                                                               \
  }

#define EXPORTS(id)                                                   \
  EXPORT(id, {2, PLATFORM_UNTITLED, "?*"}, {2, PLATFORM_OTHER, "#"}), \
      EXPORT(id, {2, PLATFORM_SOME, "Response"}), EXPORT(id, {2, PLATFORM_SOME, "Open-Ended Response"})

const platform platform_surveymonkey = {
    .name = "surveymonkey",
    .title = "SurveyMonkey",
    .shapes =
        {
            EXPORTS("Respondent ID"),
            EXPORTS("RespondentID"),
            {2,
             3,
             0,
             {{1, PLATFORM_BEGINS, "?*"}, {2, PLATFORM_BEGINS, ""}, {2, PLATFORM_SOME, "?*"}},
             .only_named = true},
            {2,
             3,
             0,
             {{1, PLATFORM_BEGINS, "?*"}, {2, PLATFORM_SOME, "Open-Ended Response"}},
             .only_named = true},
        },
    .totals = "answered*\tskipped*\trespondents*",
};
