; Windows offers Semblance under "Open with" for photos, and no photo's usual program changes.
!define OPEN_WITH_KEY "Software\Classes\Applications\${APP_EXECUTABLE_FILENAME}"

!macro offerFor EXTENSION
  WriteRegStr SHELL_CONTEXT "${OPEN_WITH_KEY}\SupportedTypes" ".${EXTENSION}" ""
!macroend

!macro customInstall
  WriteRegStr SHELL_CONTEXT "${OPEN_WITH_KEY}" "FriendlyAppName" "${PRODUCT_NAME}"
  WriteRegStr SHELL_CONTEXT "${OPEN_WITH_KEY}\shell\open\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
  !insertmacro offerFor "jpg"
  !insertmacro offerFor "jpeg"
  !insertmacro offerFor "png"
  !insertmacro offerFor "webp"
  !insertmacro offerFor "gif"
  !insertmacro offerFor "tif"
  !insertmacro offerFor "tiff"
  !insertmacro offerFor "avif"
  !insertmacro offerFor "heic"
  !insertmacro offerFor "heif"
  !insertmacro offerFor "hif"
  !insertmacro offerFor "cr2"
  !insertmacro offerFor "cr3"
  !insertmacro offerFor "nef"
  !insertmacro offerFor "arw"
  !insertmacro offerFor "dng"
  !insertmacro offerFor "raf"
  !insertmacro offerFor "orf"
  !insertmacro offerFor "rw2"
!macroend

!macro customUnInstall
  DeleteRegKey SHELL_CONTEXT "${OPEN_WITH_KEY}"
!macroend
