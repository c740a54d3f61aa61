/* 腾讯问卷 (wj.qq.com). */
#include "reading/platform.h"

const platform platform_tencent = {
    .name = "tencent",
    .title = "腾讯问卷",
    .aliases = {"tencent survey"},
    .shapes =
        {
            {1,
             1,
             0,
             {{1, PLATFORM_SOME, "开始答题时间"},
              {1, PLATFORM_SOME, "结束答题时间"},
              {1, PLATFORM_SOME, "答题时长*"}}},
        },
};
