#!/usr/bin/env bash
# reuse_object.sh COMPILER...: a compiler launcher that takes the object file of an existing build where the source and
# all headers are the same. Of the environment: ZIPML_SOURCE and ZIPML_BUILD, the tree that is built, and ZIPML_COPY, its
# copy that is being built.
object='' source='' depfile='' before=''
for word; do
  case $before in
    -o) object=$word ;;
    -c) source=$word ;;
    -MF) depfile=$word ;;
  esac
  before=$word
done

# Headers that only the copy has are of no use to sources that are the same.
headers_are_same() {
  stamp=$ZIPML_COPY/.headers-same
  [ ! -e "$stamp" ] || [ -n "$(find "$ZIPML_COPY/engine" "$ZIPML_COPY/experiments" "$ZIPML_COPY/fpga_model" \
    -name '*.h' -newer "$stamp")" ] || return 0
  (cd "$ZIPML_COPY" && find engine experiments fpga_model -name '*.h') | while read -r header; do
    [ ! -e "$ZIPML_SOURCE/$header" ] || cmp -s "$ZIPML_COPY/$header" "$ZIPML_SOURCE/$header" || exit 1
  done || return 1
  touch "$stamp"
}

original=$ZIPML_SOURCE/${source#"$ZIPML_COPY"/}
if [ -n "$object" ] && [ -n "$source" ] && [ "$ZIPML_BUILD/$object" -nt "$original" ] &&
  cmp -s "$source" "$original" && headers_are_same; then
  cp "$ZIPML_BUILD/$object" "$object"
  [ -z "$depfile" ] || echo "$object:" >"$depfile"
  exit 0
fi
exec "$@"
