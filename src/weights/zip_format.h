/* The records of a zip archive (APPNOTE 6.3.9), by name. Offsets are from the
 * record's start. */
#ifndef CS_WEIGHTS_ZIP_FORMAT_H
#define CS_WEIGHTS_ZIP_FORMAT_H

/* Before each member. */
#define ZIP_LOCAL 0x04034b50U
#define ZIP_LOCAL_SIZE 30
/* The directory's row for it. */
#define ZIP_ROW 0x02014b50U
#define ZIP_ROW_SIZE 46
/* The end, and its two companions when numbers need 64 bits. */
#define ZIP_END 0x06054b50U
#define ZIP_END_SIZE 22
#define ZIP_LOCATOR 0x07064b50U
#define ZIP_LOCATOR_SIZE 20
#define ZIP_END64 0x06064b50U
#define ZIP_END64_SIZE 56

#define ZIP_FLAG_ENCRYPTED 0x2041U /* three ways of being so */
#define ZIP_FLAG_TRAILER 0x0008U   /* sizes and CRC follow the data */
#define ZIP_FLAG_UTF8 0x0800U
#define ZIP_STORED 0

#define ZIP_EXTRA_64 0x0001U
#define ZIP_EXTRA_PADDING 0x4246U /* "FB", as PyTorch has it */

/* In 16 and 32 bits: look at the zip64 companion. */
#define ZIP_ELSEWHERE_16 0xffffU
#define ZIP_ELSEWHERE_32 0xffffffffU

#endif
