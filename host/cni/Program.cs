using System.Runtime.Versioning;
using IpvlanActors.Cni;
using Microsoft.Win32.SafeHandles;

[assembly: SupportedOSPlatform("linux")]

// Not the console's streams: those would start a thread for signals, and look at the terminal that is not there.
using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
using var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);

// A FileStream writes to a file at an offset of its own, so that whoever writes there next would write over it.
using var output = pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
return Plugin.Run(new Surroundings(input, output, Environment.GetEnvironmentVariable));
