/* Microsoft Forms. */
#include "reading/platform.h"

const platform platform_microsoft_forms = {
    .name = "microsoft-forms",
    .title = "Microsoft Forms",
    .aliases = {"ms forms"},
    .shapes =
        {
            {1, 1, 0, {{1, PLATFORM_BEGINS, "ID\tStart time\tCompletion time\tEmail\tName"}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "ID\t开始时间\t完成时间\t电子邮件\t名称"}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "ID\tStartzeit\tFertigstellungszeit\tE-Mail\tName"}}},
        },
};
