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

# Under a language without letters beyond ASCII Java could not name files that have some.
case $(locale charmap 2>/dev/null) in
  ANSI_X3.4-1968 | US-ASCII | 646)
    for language in C.UTF-8 C.utf8 en_US.UTF-8 en_US.utf8; do
      if [ "$(LC_ALL=$language locale charmap 2>/dev/null)" = UTF-8 ]; then
        LC_ALL=$language
        export LC_ALL
        break
      fi
    done
    ;;
esac

# All that the user tells Java. It takes one collector only, and a file of options may name one; it stops at once if it is given a cache
# beside another choice of caches.
given=" ${NNC_JAVA_OPTIONS:-} ${JDK_JAVA_OPTIONS:-} ${JAVA_TOOL_OPTIONS:-} ${_JAVA_OPTIONS:-}"
case $given in
  *-XX:+Use*GC* | *" @"* | *-XX:Flags=* | *-XX:VMOptionsFile=*) collector= ;;
  *)
    # one without threads of its own starts faster
    case ${1:-} in
      train | bench | profile) collector=-XX:+UseG1GC ;;
      *) collector=-XX:+UseSerialGC ;;
    esac
    ;;
esac
case $given in
  *Xshare* | *Archive* | *AOT*) cache= ;;
  *) cache=$home/lib/network.aot ;;
esac

# Java makes ready for vectors when the module is defined, which the cache has done before: it must be told
vectors='-XX:+UnlockExperimentalVMOptions -XX:+EnableVectorSupport -XX:+EnableVectorReboxing -XX:+EnableVectorAggressiveReboxing'

# a cache that does not fit is passed over in silence
set -f
# shellcheck disable=SC2086  # lists of options
exec "$home/lib/java/bin/java" ${cache:+"-XX:AOTCache=$cache"} -Xlog:disable '-Xlog:all=error,cds*=off,aot*=off,class+path=off:stderr' \
  -XX:-UsePerfData $vectors $collector ${NNC_JAVA_OPTIONS:-} -Dnnc.program="$0" -Dnnc.image=@jar-size@ \
  -cp "$home/lib/network.jar" nnc.runtime.cli.ModelMain "$@"
