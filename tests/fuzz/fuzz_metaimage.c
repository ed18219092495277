#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "image/metaimage.h"

static void read_all(const im_volume *v)
{
    CS_SCOPED(tn_tensor) copy = TN_TENSOR_INIT;
    FUZZ_ASSERT(tn_copy(&v->voxels, TN_F64, &copy, NULL) == 0);
}

/* What LOCAL holds can be no more than deflate makes of the file. */
static void read_file(const uint8_t *data, size_t size)
{
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    FUZZ_ASSERT(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    cs_errinfo info = {0};
    int r = im_metaimage_read(path, &v, &info);
    FUZZ_ASSERT(r <= 0 && (r == 0) == (v.voxels.buffer != NULL));
    FUZZ_ASSERT(r == 0 || info.message[0]);
    if (r == 0) {
        FUZZ_ASSERT(tn_bytes(&v.voxels) <= (size + 1) * 2 * 1032);
        read_all(&v);
    }
    close(fd);
}

/* Whatever comes in: refused with a reason, or a geometry that is one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    im_metaimage m;
    cs_errinfo info = {0};
    cs_str text = {(const char *)data, size};
    int r = im_metaimage_parse(text, "fuzz.mhd", &m, &info);
    FUZZ_ASSERT(r <= 0 && (r == 0 || info.message[0]));
    if (r == 0) {
        im_geometry again = m.info.geometry;
        FUZZ_ASSERT(im_geometry_check(&again, NULL) == 0);
        FUZZ_ASSERT(m.text <= size);
        FUZZ_ASSERT(im_metaimage_is(text));
    }
    read_file(data, size);
    return 0;
}
