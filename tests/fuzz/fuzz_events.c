#include <string.h>

#include "fuzz.h"
#include "train/event_record.h"

/* Whatever the bytes, what is kept is a beginning that is kept again, and no
 * step of it lies beyond the cut. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t all = 0, some = 0, again = 0;
    size_t whole = tr_event_keep(data, size, UINT64_MAX, &all);
    FUZZ_ASSERT(whole <= size);
    size_t kept = tr_event_keep(data, size, 3, &some);
    FUZZ_ASSERT(kept <= whole && some <= 3);
    FUZZ_ASSERT(tr_event_keep(data, kept, 3, &again) == kept && again == some);
    return 0;
}
