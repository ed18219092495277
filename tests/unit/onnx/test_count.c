#include "onnx/count.h"
#include "support/test.h"
int main(void){return 0;}
