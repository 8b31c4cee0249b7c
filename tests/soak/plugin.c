/* plugin.c - the library that soak.c loads, uses and closes over and over. Its sites are its own and
   new to the recorder each time; its functions, and a gauge that it shares with the program, are not. */
#include "hotpath.h"
#include "soak.h"

/* What the program looks up by name. */
void plugin_run(soak_slot_t* slot, uint64_t times);

static void plugin_mixes(soak_slot_t* slot) {
    HOTPATH_FUNC();
    soak_bytes(slot, SOAK_PLUGIN_MIXES, 5);
}

static void plugin_update(soak_slot_t* slot, uint64_t r) {
    HOTPATH_FUNC();
    SOAK_CALL(slot, SOAK_PLUGIN_MIXES, plugin_mixes(slot));
    soak_begun(slot, SOAK_PLUGIN_SCOPE);
    {
        HOTPATH_SCOPE("plugin scope");
        if (r % 8 == 0) {
            HOTPATH_ERROR("plugin");
            soak_add(&slot->functions[SOAK_PLUGIN_SCOPE].errors, 1);
        }
        SOAK_CALL(slot, SOAK_PLUGIN_MIXES, plugin_mixes(slot));
    }
    soak_ended(slot, SOAK_PLUGIN_SCOPE);
    if (r % 16 == 0) {
        HOTPATH_GAUGE_INC("gauge", (int64_t)(r >> 60));
        soak_add(&slot->gauge, r >> 60), soak_add(&slot->entries[SOAK_GAUGE], 1);
        HOTPATH_VAL("value", r);
        soak_add(&slot->entries[SOAK_VALUE], 1);
    }
}

void plugin_run(soak_slot_t* slot, uint64_t times) {
    for (uint64_t i = 0; i < times; i++)
        SOAK_CALL(slot, SOAK_PLUGIN_UPDATE, plugin_update(slot, soak_random(slot)));
}
