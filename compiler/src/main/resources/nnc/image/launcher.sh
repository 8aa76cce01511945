#!/bin/sh
# Runs the network of this folder on the Java beside it, wherever the folder lies. NNC_JAVA_OPTIONS are for Java, e.g. -Xmx8g.
case $0 in
  */*) program=$0 ;;
  *) program=./$0 ;;
esac
while [ -h "$program" ]; do
  link=$(readlink "$program") || exit 1
  case $link in
    /*) program=$link ;;
    *) program=${program%/*}/$link ;;
  esac
done
home=$(CDPATH='' cd -- "${program%/*}/.." && pwd -P) || exit 1

# a collector without threads of its own starts faster
case "${1:-} ${NNC_JAVA_OPTIONS:-}" in
  *" "*GC*) collector= ;;
  "train "* | "bench "* | "profile "*) collector=-XX:+UseG1GC ;;
  *) collector=-XX:+UseSerialGC ;;
esac

# Java makes ready for vectors when the module is defined, which the cache has done before: it must be told
vectors='-XX:+UnlockExperimentalVMOptions -XX:+EnableVectorSupport -XX:+EnableVectorReboxing -XX:+EnableVectorAggressiveReboxing'

# a cache that does not fit is passed over in silence
# shellcheck disable=SC2086  # lists of options
exec "$home/lib/java/bin/java" -XX:AOTCache="$home/lib/network.aot" -Xlog:disable '-Xlog:all=error,cds*=off,aot*=off,class+path=off:stderr' \
  -XX:-UsePerfData $vectors $collector ${NNC_JAVA_OPTIONS:-} -Dnnc.program="$0" -Dnnc.image=@jar-size@ \
  -cp "$home/lib/network.jar" nnc.runtime.Main "$@"
