@echo off
rem Runs the compiler from a checkout on Windows, as the script nnc beside it does elsewhere: finds a JDK 25, builds what is missing or older than its
rem source, starts nnc.
setlocal EnableExtensions DisableDelayedExpansion
set "wanted=25"

rem The folder of this script.
set "here=%~dp0"
set "here=%here:~0,-1%"

rem Commands of other modules: such a module says in a file `commands` beside its pom.xml what they are called and what they do. It is built at the first
rem use of one, so that other commands wait for nothing.
set "lists="
set "extension="
set "module="
for /d %%M in ("%here%\compiler\*") do call :list compiler "%%~nxM" "%~1"
for /d %%M in ("%here%\samples\*") do call :list samples "%%~nxM" "%~1"

rem A search on a cluster sends it the module for Spark, which is built at its first use too.
set "spark="
if not defined NNC_SPARK call :asks_spark %*
if defined spark call :find_sent

set "target=%here%\compiler\target"
set "jar=%target%\nnc.jar"
set "built="
if defined extension for %%M in ("%extension%") do set "built=%extension%\target\%%~nxM.jar"

rem Whether a source is newer than what is built of it, nnc itself sees (nnc.checkout): it ends with this code then, before it does anything.
set "stale=75"

set "checkout="-Dnnc.checkout=%here%""
if defined module set "checkout=%checkout% "-Dnnc.module=%module%""

set "tool=java"
if not exist "%jar%" set "tool=javac"
if not exist "%target%\lib" set "tool=javac"
if defined built if not exist "%built%" set "tool=javac"
if defined spark if not defined sent set "tool=javac"
if "%tool%"=="java" goto start

:again
set "checkout="
set "tool=javac"
call :find_jdk
if errorlevel 1 exit /b 2
call :build
if errorlevel 1 exit /b 2

:start
call :find_jdk
if errorlevel 1 exit /b 2

rem Classes that are loaded and linked beforehand, from a cache, more than halve the time of a short command. It is made once a build, and without
rem it all works the same.
set "libraries=%jar%;%target%\lib\*"
set "cache=%target%\nnc.aot"
if not exist "%cache%" call :rehearse

rem A compiler's methods run too seldom for the optimising compiler to be worth its time, and its graphs live long: half of the heap is for
rem what is new, so that they are seldom copied; a network's methods run often, and it allocates nothing.
set "tuning=-XX:TieredStopAtLevel=1 -XX:NewRatio=1 -XX:InitialRAMPercentage=5"
for %%C in (train evaluate predict gradcheck) do if "%~1"=="%%C" set "tuning="
if defined extension set "tuning="

rem All that the user tells Java. It takes one collector only, and a file of options may name one; it stops at once if it is given a cache
rem beside another choice of caches.
set "nnc_given= %NNC_JAVA_OPTIONS% %JDK_JAVA_OPTIONS% %JAVA_TOOL_OPTIONS% %_JAVA_OPTIONS%"
set nnc_given | findstr /r /c:"-XX:+Use[A-Za-z0-9]*GC" /c:" @" /c:"-XX:Flags=" /c:"-XX:VMOptionsFile=" >nul || set "tuning=%tuning% -XX:+UseSerialGC"
set "cached="-XX:AOTCache=%cache%""
set nnc_given | findstr "Xshare Archive AOT" >nul && set "cached="
if not exist "%cache%" set "cached="

if defined spark set "NNC_SPARK=%sent%"

rem Behind what the cache was made with, which Java wants to be the same.
if defined extension set "libraries=%libraries%;%built%;%extension%\target\lib\*"

"%jdk%\bin\java" -Xlog:disable "-Xlog:all=error,cds*=off,aot*=off,class+path=off:stderr" %cached% -XX:-UsePerfData %tuning% %NNC_JAVA_OPTIONS% "-Dnnc.commands=%lists%" %checkout% -cp "%libraries%" nnc.cli.Main %*
set "code=%errorlevel%"
if "%code%"=="%stale%" goto again
exit /b %code%

rem ---- %1 compiler or samples, %2 a folder there, %3 the command that is wanted
:list
if not exist "%here%\%~1\%~2\commands" exit /b 0
if defined lists set "lists=%lists%;"
set "lists=%lists%%here%\%~1\%~2\commands"
if "%~3"=="" exit /b 0
for /f "usebackq tokens=1" %%C in ("%here%\%~1\%~2\commands") do if "%%C"=="%~3" call :chosen "%~1" "%~2"
exit /b 0

:chosen
set "extension=%here%\%~1\%~2"
set "module=%~1/%~2"
exit /b 0

rem ---- sets spark if it is asked for
:asks_spark
if "%~1"=="" exit /b 0
if "%~1"=="--spark" set "spark=%here%\runtime\spark"
shift
goto asks_spark

rem ---- sets sent to what is sent to a cluster, if it is built
:find_sent
set "sent="
for %%J in ("%spark%\target\nnc-spark-*.jar") do call :sent "%%~J"
exit /b 0

:sent
echo "%~n1" | findstr /c:"-sources" /c:"-javadoc" >nul || set "sent=%~1"
exit /b 0

rem ---- sets jdk
:find_jdk
set "jdk="
call :fits "%JAVA_HOME%" && exit /b 0
for %%J in (javac.exe java.exe) do if not "%%~$PATH:J"=="" call :fits_above "%%~dp$PATH:J"
if defined jdk exit /b 0
for /d %%D in ("%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\*" "%ProgramFiles%\Zulu\*" "%ProgramFiles%\Amazon Corretto\*" "%ProgramFiles%\BellSoft\*" "%USERPROFILE%\.jdks\*") do call :fits "%%~D" && exit /b 0
call :fail "no JDK %wanted% found (looked at JAVA_HOME, the PATH and the usual folders)" "install one, e.g. Eclipse Temurin %wanted% (https://adoptium.net), or set JAVA_HOME to its folder"
exit /b 1

:fail
>&2 echo nnc: error: %~1
>&2 echo   %~2
exit /b 1

:fits_above
if defined jdk exit /b 0
for %%U in ("%~1..") do call :fits "%%~fU"
exit /b 0

rem ---- whether folder %1 holds a JDK that is new enough, by its release file: no process of Java's is started for the question
:fits
if "%~1"=="" exit /b 1
if not exist "%~1\bin\java.exe" exit /b 1
if not exist "%~1\bin\%tool%.exe" exit /b 1
if not exist "%~1\release" exit /b 1
set "version=0"
for /f "usebackq tokens=1,2 delims==" %%K in ("%~1\release") do if "%%K"=="JAVA_VERSION" call :version %%L
if %version% LSS %wanted% exit /b 1
set "jdk=%~1"
exit /b 0

rem ---- sets version to the first number of %1
:version
for /f "tokens=1 delims=.-+_" %%N in ("%~1") do set "version=%%N"
exit /b 0

:build
where mvn >nul 2>nul
if not errorlevel 1 goto build_log
call :fail "building nnc needs Maven 3.8 or newer, and there is no mvn on the PATH" "install it, e.g. from https://maven.apache.org"
exit /b 1
:build_log
set "log=%target%\build.log"
if not exist "%target%" mkdir "%target%" 2>nul
if exist "%log%" del "%log%" 2>nul
type nul 2>nul >"%log%"
if exist "%log%" goto build_begin
call :fail "the compiler is not built, or older than its source, and %target% cannot be written to" "run it once as a user who may write there, or from a copy of %here%"
exit /b 1
:build_begin
set "projects=compiler"
set "whole=the compiler"
if defined module set "projects=compiler,%module%"
if defined module set "whole=the compiler and the command of %module%"
if defined spark set "projects=%projects%,runtime/spark"
>&2 echo nnc: building %whole% (once)
set "before=%JAVA_HOME%"
set "JAVA_HOME=%jdk%"
pushd "%here%"
call mvn -B -q -Dmaven.test.skip -Dunchecked -pl "%projects%" -am package >"%log%" 2>&1
set "failed=%errorlevel%"
popd
set "JAVA_HOME=%before%"
if "%failed%"=="0" goto build_done
>&2 echo nnc: error: the build failed; from %log%:
>&2 findstr /i "error" "%log%"
exit /b 1
:build_done
call :touch "%jar%"
if defined built call :touch "%built%"
if defined spark call :find_sent
if defined spark call :touch "%sent%"
if exist "%target%\nnc.aot" del "%target%\nnc.aot"
exit /b 0

rem ---- a build that finds nothing to do leaves the file as old as it was
:touch
pushd "%~dp1"
copy /b "%~nx1"+,, >nul
popd
exit /b 0

:rehearse
set "scratch=%target%\rehearsal.%RANDOM%"
mkdir "%scratch%" 2>nul || exit /b 0
setlocal
set "JDK_JAVA_OPTIONS="
set "JAVA_TOOL_OPTIONS="
set "_JAVA_OPTIONS="
"%jdk%\bin\java" "-XX:AOTCacheOutput=%scratch%\nnc.aot" -Xlog:disable -XX:+UseSerialGC -XX:-UsePerfData -cp "%libraries%" nnc.cli.CacheRehearsal "%here%\samples" "%scratch%" >nul 2>&1
endlocal
if exist "%scratch%\nnc.aot" move /y "%scratch%\nnc.aot" "%cache%" >nul 2>&1
rmdir /s /q "%scratch%" 2>nul
exit /b 0
