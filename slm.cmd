@echo off
rem Starts slm on Windows: finds a JDK 25, builds on first use, keeps the AOT cache for fast starts.
setlocal EnableExtensions EnableDelayedExpansion
set "home=%~dp0"
set "home=%home:~0,-1%"

if not exist "%home%\pom.xml" (
  set "app=%home%"
  set "java=%home%\runtime\bin\java.exe"
  goto run
)

set "app=%home%\target\slm"
set "jdk="
call :try "%JAVA_HOME%"
for /f "delims=" %%j in ('where javac 2^>nul') do call :try "%%~dpj.."
for %%r in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%ProgramFiles%\Amazon Corretto" "%ProgramFiles%\BellSoft" "%USERPROFILE%\.jdks" "%USERPROFILE%\.sdkman\candidates\java" "%USERPROFILE%\scoop\apps") do (
  for /d %%j in ("%%~r\*") do call :try "%%~j"
)
if not defined jdk (
  echo slm: needs a JDK 25 or newer and found none; install one with: winget install EclipseAdoptium.Temurin.25.JDK 1>&2
  exit /b 69
)
set "JAVA_HOME=%jdk%"
set "java=%jdk%\bin\java.exe"

if not exist "%app%\slm.jar" (
  echo slm: building, about a minute on the first start ... 1>&2
  if not exist "%home%\target" mkdir "%home%\target"
  pushd "%home%"
  call mvnw.cmd -q -B -Dquick -DskipTests package > "%home%\target\build.log" 2>&1
  if errorlevel 1 (
    popd
    echo slm: the build failed; everything it said is in "%home%\target\build.log" 1>&2
    exit /b 1
  )
  popd
)

:run
set "ORT_DISABLE_TELEMETRY=1"
set "options=-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Dai.djl.offline=true -Dorg.jline.terminal.graphemeCluster=false"
set "aot=%app%\slm.aot"
if not exist "%aot%" (
  echo slm: preparing fast starts, once, a few seconds ... 1>&2
  set "SLM_HOME=%TEMP%\slm-training"
  "%java%" %options% -XX:AOTCacheOutput="%aot%" -Xlog:disable -jar "%app%\slm.jar" --rehearse >nul 2>&1 <nul
  set "SLM_HOME="
)
if exist "%aot%" set "options=%options% -XX:AOTCache="%aot%" -Xlog:aot=off,cds=off"
set "natives=%app%\natives"
"%java%" %options% "-Donnxruntime.native.path=%natives%" "-Donnxruntime-genai.native.path=%natives%" "-DRUST_LIBRARY_PATH=%natives%\tokenizers.dll" "-Dslm.program=%~n0" "-Dslm.launcher=%home%\slm.cmd" %SLM_JAVA_OPTS% -jar "%app%\slm.jar" %*
exit /b %errorlevel%

:try
if defined jdk exit /b 0
if "%~1"=="" exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
for /f "tokens=2 delims==." %%v in ('findstr /b "JAVA_VERSION=" "%~1\release" 2^>nul') do (
  set "version=%%~v"
  set "version=!version:"=!"
  if !version! geq 25 set "jdk=%~1"
)
exit /b 0
