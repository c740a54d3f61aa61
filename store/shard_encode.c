#include "store/shard.h"
