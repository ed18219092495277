#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "image/nifti.h"

static void read_file(const uint8_t *data, size_t size)
{
    char path[64];
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    FUZZ_ASSERT(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    CS_SCOPED(im_volume) v = IM_VOLUME_INIT;
    CS_SCOPED(tn_tensor) copy = TN_TENSOR_INIT;
    cs_errinfo info = {0};
    int r = im_nifti_read(path, &v, &info);
    FUZZ_ASSERT(r <= 0 && (r == 0) == (v.voxels.buffer != NULL));
    FUZZ_ASSERT(r == 0 || info.message[0]);
    if (r == 0) {
        FUZZ_ASSERT(tn_bytes(&v.voxels) <= (size + 1) * 4 * 1032);
        FUZZ_ASSERT(tn_copy(&v.voxels, TN_F64, &copy, NULL) == 0);
    }
    close(fd);
}

/* Whatever comes in: refused with a reason, or a geometry that is one and that
 * a header of ours says again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    im_nifti n, again;
    cs_errinfo info = {0};
    int r = im_nifti_parse(data, size, "fuzz.nii", &n, &info);
    FUZZ_ASSERT(r <= 0 && (r == 0 || info.message[0]));
    if (r == 0) {
        unsigned char head[IM_NIFTI2_VOXELS];
        im_geometry checked = n.info.geometry;
        FUZZ_ASSERT(im_geometry_check(&checked, NULL) == 0);
        size_t made = im_nifti_make(&n.info.geometry, n.info.element, head);
        /* What a float cannot hold is refused again; the rest is the same. */
        r = im_nifti_parse(head, made, "again.nii", &again, NULL);
        FUZZ_ASSERT(r <= 0);
        if (r == 0)
            FUZZ_ASSERT(memcmp(n.info.geometry.size, again.info.geometry.size,
                               sizeof(again.info.geometry.size)) == 0);
    }
    read_file(data, size);
    return 0;
}
