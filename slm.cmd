@echo off
rem Starts slm on Windows. In a clone it finds a JDK 25, builds on first use and after each pull, and keeps the AOT
rem cache that makes every later start fast; in a distribution it uses the runtime that came along.
rem Delayed expansion stays off: it would take the exclamation marks out of what people type.
setlocal EnableExtensions DisableDelayedExpansion
set "home=%~dp0"
set "home=%home:~0,-1%"

if not exist "%home%\pom.xml" (
  set "app=%home%"
  set "jdk=%home%\runtime"
  goto run
)

set "app=%home%\target\slm"
set "jdk="
call :try "%JAVA_HOME%"
for /f "delims=" %%j in ('where javac 2^>nul') do call :try "%%~dpj.."
for %%r in ("%ProgramFiles%\Eclipse Adoptium" "%ProgramFiles%\Java" "%ProgramFiles%\Microsoft" "%ProgramFiles%\Zulu" "%ProgramFiles%\Amazon Corretto" "%ProgramFiles%\BellSoft" "%LOCALAPPDATA%\Programs\Eclipse Adoptium" "%USERPROFILE%\.jdks" "%USERPROFILE%\.sdkman\candidates\java" "%USERPROFILE%\scoop\apps") do (
  for /d %%j in ("%%~r\*") do (
    call :try "%%~j"
    call :try "%%~j\current"
  )
)
if not defined jdk (
  echo slm: needs a JDK 25 or newer and found none; install one with: winget install EclipseAdoptium.Temurin.25.JDK 1>&2
  exit /b 69
)
set "JAVA_HOME=%jdk%"

set "commit="
set "built="
if exist "%home%\.git" for /f "delims=" %%c in ('git -C "%home%" rev-parse HEAD 2^>nul') do set "commit=%%c"
if exist "%app%\commit" set /p built=<"%app%\commit"
if exist "%app%\slm.jar" if "%commit%"=="%built%" goto run
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
if defined commit >"%app%\commit" echo %commit%

:run
set "version=runtime"
for /f "tokens=1,2 delims==" %%a in ('type "%jdk%\release"') do if "%%a"=="JAVA_RUNTIME_VERSION" set "version=%%~b"
set "options=-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:CompileThresholdScaling=3 -Dai.djl.offline=true -Dorg.jline.terminal.graphemeCluster=false"
set "aot=%app%\slm-%version%.aot"
if not exist "%aot%" call :train
set "size=0"
if exist "%aot%" for %%f in ("%aot%") do set "size=%%~zf"
if not "%size%"=="0" set options=%options% "-XX:AOTCache=%aot%" -Xlog:aot=off,cds=off
set "natives=%app%\natives"
rem the tokenizer library has companions that Windows looks for on the path
set "PATH=%natives%;%PATH%"
"%jdk%\bin\java.exe" %options% "-Donnxruntime.native.path=%natives%" "-Donnxruntime-genai.native.path=%natives%" "-DRUST_LIBRARY_PATH=%natives%\tokenizers.dll" "-Dslm.program=%~n0" "-Dslm.launcher=%home%\slm.cmd" %SLM_JAVA_OPTS% -jar "%app%\slm.jar" %*
exit /b %errorlevel%

:train
rem writes the AOT cache of one JDK by one rehearsed start; beside the user's files where the program's cannot be written
copy /y nul "%aot%" >nul 2>&1
if errorlevel 1 (
  set "aot=%LOCALAPPDATA%\slm\slm-%version%.aot"
  if not exist "%LOCALAPPDATA%\slm" mkdir "%LOCALAPPDATA%\slm"
)
for %%f in ("%aot%") do if exist "%%~f" if not "%%~zf"=="0" exit /b 0
echo slm: preparing fast starts, once, a few seconds ... 1>&2
setlocal
set "SLM_HOME=%TEMP%\slm-training-%RANDOM%"
mkdir "%SLM_HOME%"
"%jdk%\bin\java.exe" %options% "-Djava.io.tmpdir=%SLM_HOME%" -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining "-XX:AOTCacheOutput=%aot%.new" -Xlog:disable -jar "%app%\slm.jar" --rehearse >nul 2>&1 <nul
if exist "%SLM_HOME%" rmdir /s /q "%SLM_HOME%"
endlocal
rem an empty file means: tried with this runtime and not possible, so do not try at every start
if exist "%aot%.new" (move /y "%aot%.new" "%aot%" >nul) else copy /y nul "%aot%" >nul 2>&1
exit /b 0

:try
if defined jdk exit /b 0
if "%~1"=="" exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
set "found="
for /f "tokens=1,2 delims==" %%a in ('type "%~1\release"') do if "%%a"=="JAVA_VERSION" set "found=%%~b"
for /f "delims=.-+" %%v in ("%found%") do if %%v geq 25 set "jdk=%~f1"
exit /b 0
