/* REDCap: raw names; a form NAME is finished where NAME_complete is 2. */
#include "reading/platform.h"

const platform platform_redcap = {
    .name = "redcap",
    .title = "REDCap",
    .shapes =
        {
            {1, 1, 0, {{1, PLATFORM_SOME, "?*___#"}, {1, PLATFORM_SOME, "?*_complete"}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "record_id"}, {1, PLATFORM_SOME, "?*_complete"}}},
            {1, 1, 0, {{1, PLATFORM_SOME, "?*(choice=?*)"}, {1, PLATFORM_SOME, "Complete?"}}},
        },
};
