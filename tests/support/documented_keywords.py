"""The keywords that CTI OS documents, as data: the constants that the guide prints, and the keywords.

A keyword with an index, such as ``SkillGroup[n]``, is listed without the index. Of two spellings that differ
in case alone one is listed, since case does not count.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONSTANTS: Final = _words(
    """
    CTIOS_ADDEDPARTYDEVICEID CTIOS_ADDEDPARTYDEVICEIDFULL CTIOS_AGENTAVAILABILITYSTATUS
    CTIOS_AGENTCALLMODE CTIOS_AGENTCALLREFERENCE CTIOS_AGENTFIRSTNAME CTIOS_AGENTFLAGS CTIOS_AGENTID
    CTIOS_AGENTINSTRUMENT CTIOS_AGENTLASTNAME CTIOS_AGENTPASSWORD CTIOS_AGENTREFERENCE
    CTIOS_AGENTREMOTENUMBER CTIOS_AGENTSTATE CTIOS_ALERTINGDEVICEID CTIOS_ALERTINGDEVICEIDFULL CTIOS_ANI
    CTIOS_ANSWERINGDEVICEID CTIOS_ANSWERINGDEVICEIDFULL CTIOS_AUTOLOGIN CTIOS_AVAILTIMESESSION
    CTIOS_CALLCONNECTIONCALLID CTIOS_CALLCONNECTIONDEVICEID CTIOS_CALLCONNECTIONDEVICEIDTYPE
    CTIOS_CALLDEVICECONNECTIONSTATE CTIOS_CALLDEVICETYPE CTIOS_CALLEDDEVICEID CTIOS_CALLEDDEVICEIDFULL
    CTIOS_CALLERENTEREDDIGITS CTIOS_CALLINGDEVICEID CTIOS_CALLINGDEVICEIDFULL CTIOS_CALLREFERENCE
    CTIOS_CALLSTATUS CTIOS_CALLTYPE CTIOS_CALLVARIABLE1 CTIOS_CALLVARIABLE10 CTIOS_CALLVARIABLE2
    CTIOS_CALLVARIABLE3 CTIOS_CALLVARIABLE4 CTIOS_CALLVARIABLE5 CTIOS_CALLVARIABLE6 CTIOS_CALLVARIABLE7
    CTIOS_CALLVARIABLE8 CTIOS_CALLVARIABLE9 CTIOS_CALLWRAPUPDATA CTIOS_CAMPAIGNID CTIOS_CONNECTIONCALLID
    CTIOS_CONNECTIONMODE CTIOS_CONNECTIONPROFILES CTIOS_CONTROLLERDEVICEID CTIOS_CONTROLLERDEVICEIDFULL
    CTIOS_CTICLIENTS CTIOS_CTIOSA CTIOS_CTIOSB CTIOS_CUSTOMERACCOUNTNUMBER CTIOS_CUSTOMERPHONENUMBER
    CTIOS_DESKTOPTYPE CTIOS_DEVICEID CTIOS_DEVICEUNIQUEOBJECTID CTIOS_DIALEDNUMBER
    CTIOS_DIVERTINGDEVICEID CTIOS_DIVERTINGDEVICEIDFULL CTIOS_DNIS CTIOS_ECC CTIOS_ENABLEMENTMASK
    CTIOS_ERRORMESSAGE CTIOS_EVENTREASONCODE CTIOS_FAILURECODE CTIOS_FILTER CTIOS_FILTERTARGET
    CTIOS_FORCEDDISCONNECT CTIOS_HEARTBEAT CTIOS_HOLDINGDEVICEID CTIOS_HOLDINGDEVICEIDFULL
    CTIOS_ICMENTERPRISEUNIQUEID CTIOS_INCOMINGOROUTGOING CTIOS_INCOMINGWRAPUPSTRINGS CTIOS_ISMONITORED
    CTIOS_ISTRANSFERCONTROLLER CTIOS_LINETYPE CTIOS_LOGIN CTIOS_LOGINNAME CTIOS_LOGOUTREASONCODES
    CTIOS_LOGOUTREASONREQUIRED CTIOS_MEASUREDCALLQTIME CTIOS_MESSAGEID CTIOS_MONITORED
    CTIOS_MONITORSESSIONSNAPSHOTMODE CTIOS_NOTREADYREASONCODES CTIOS_NOTREADYREASONREQUIRED
    CTIOS_NUMNAMEDARRAYS CTIOS_NUMNAMEDVARIABLES CTIOS_NUMPARTIES CTIOS_NUMSKILLGROUPS
    CTIOS_PERIPHERALERRORCODE CTIOS_PERIPHERALID CTIOS_PERIPHERALTYPE CTIOS_PORTA CTIOS_PORTB
    CTIOS_PRIMARYCALLID CTIOS_PRIMARYDEVICEID CTIOS_PRIMARYDEVICEIDFULL CTIOS_QUERYRULEID
    CTIOS_RELEASINGDEVICEID CTIOS_RELEASINGDEVICEIDFULL CTIOS_REMOTELOGIN CTIOS_RETRIEVINGDEVICEID
    CTIOS_RETRIEVINGDEVICEIDFULL CTIOS_ROUTERCALLKEYCALLID CTIOS_ROUTERCALLKEYDAY CTIOS_SECONDARYCALLID
    CTIOS_SECONDARYDEVICEID CTIOS_SECONDARYDEVICEIDFULL CTIOS_SERVICEID CTIOS_SERVICENUMBER
    CTIOS_SILENTMONITORFORCEMONITOREDMODE CTIOS_SILENTMONITOR_CALLUID
    CTIOS_SILENTMONITOR_TARGET_AGENTUID CTIOS_SKILLGROUPID CTIOS_SKILLGROUPNUMBER
    CTIOS_SKILLGROUPPRIORITY CTIOS_STATE CTIOS_STATISTICS CTIOS_SUPERVISORYACTION CTIOS_TEAMID
    CTIOS_TRANSFERREDDEVICEID CTIOS_TRANSFERREDDEVICEIDFULL CTIOS_TRANSFERRINGDEVICEID
    CTIOS_TRANSFERRINGDEVICEIDFULL CTIOS_UNIQUEOBJECTID CTIOS_USERTOUSERINFO CTIOS_WRAPUPOKENABLED
    """
)

KEYWORDS: Final = _words(
    """
    ANI AccountCode AgentAction AgentAvailabilityStatus AgentCallMode AgentCallReference AgentExtension
    AgentFirstName AgentFlags AgentID AgentInstrument AgentLastName AgentMode AgentName
    AgentOutCallsHeldTimeToHalf AgentOutCallsHeldTimeToday AgentOutCallsHeldToHalf
    AgentOutCallsHeldToday AgentOutCallsTalkTimeToHalf AgentOutCallsTalkTimeToday
    AgentOutCallsTimeToHalf AgentOutCallsTimeToday AgentOutCallsToHalf AgentOutCallsToday AgentPassword
    AgentReference AgentRemoteNumber AgentState AgentStatistics AgentStatisticsIntervalSec AgentWorkMode
    AlertRings All AnsweringMachine AudioMode AuthorizationCode AutoLogin AutoRecordOnEmergency
    AvailTimeToday BargedInCallID BitRate BringToFrontOnCall CCMBasedSilentMonitor CILConnectionID
    CTIClientSignature CTIClientTimestamp CTIClients CallAppearance CallConnectionCallID
    CallConnectionDeviceID CallConnectionDeviceIDType CallDeviceConnectionState CallDeviceType
    CallMannerType CallOption CallPlacementType CallReference CallReferenceObjectID CallStatus CallType
    CallTypeIDTag CallVariable1 CallVariable10 CallVariable2 CallVariable3 CallVariable4 CallVariable5
    CallVariable6 CallVariable7 CallVariable8 CallVariable9 CallWrapupData CalledDeviceID
    CalledDeviceIDType CalledDeviceType CallerEnteredDigits CallingDeviceID CallingDeviceIDType
    CallsQHalf CallsQNow CallsQTimeHalf CallsQTimeNow CallsQTimeToday CallsQToday ClassIdentifier
    ClientAddress ClientAgentTemporaryID ClientID ClientPort Cluster ConfigOperation ConnectedSince
    ConnectionCallID ConnectionDeviceID ConnectionDeviceIDType ConnectionMode ConnectionProfiles
    ConsecutiveMissedHeartbeats ConsultType CtiOsA CtiOsB CurrentAgent CurrentCall
    CurrentConnectionProfile CurrentPort CurrentServer CustomerAccountNumber CustomerPhoneNumber DNIS
    DTMF DTMFString DeskSettingsMask DesktopType DeviceID DialTone DialedNumber DialedNumbers Direction
    Distribution DivertingDeviceID DivertingDeviceType DoDefaultMessageHandling ECC EchoCancelation
    EchoCancellation EmergencyCallMethod EnablementMask ErrorMessage EventCause EventReasonCode
    EventTime Extension FacilityCode FacilityType FailedServer FailureCode FilterTarget FinalAttempt
    FlashOnCall ForcedDisconnect Grid HandledCallsAfterCallTimeToHalf HandledCallsAfterCallTimeToday
    HandledCallsTalkTimeToHalf HandledCallsTalkTimeToday HandledCallsTimeToHalf HandledCallsTimeToday
    HandledCallsToHalf HandledCallsToday Header HeartBeatInterval Heartbeat HeartbeatRetries
    HeartbeatTimeout HideSilentMonitorCallEvents ICMAgentID ICMEnterpriseUniqueID IPCCSilentMonitor
    IPCCSilentMonitorEnabled IPPhoneInformation IncomingCallsHeldTimeToHalf IncomingCallsHeldTimeToday
    IncomingCallsHeldToHalf IncomingCallsHeldToday InstallDir InternalCallsHeldTimeToHalf
    InternalCallsHeldTimeToday InternalCallsHeldToHalf InternalCallsHeldToday
    InternalCallsRcvdTimeToHalf InternalCallsRcvdTimeToday InternalCallsRcvdToHalf
    InternalCallsRcvdToday InvokeID IsSupervisor LastError LastRedirectedDeviceID
    LastRedirectedDeviceIDType LineHandle LineType ListenPort LocalConnectionState LogFilePath
    LoggedOnTimeToday Login LoginName LogoutNonActivityTime MRDID MainScreen MaxHeartbeats MaxTaskLimit
    MeasuredCallQTime MediaTerminationPort Message MessageFilter MessageHeader MessageID MessageType
    MonitorID Monitored MonitoredDeviceIPAddress MonitoredUniqueObjectID MonitoringDeviceID
    MonitoringIPAddress MonitoringIPPort Mute NewConnectionCallID NewConnectionDeviceID
    NewConnectionDeviceIDType NotReadyTimeToday NumCallDevices NumCalls NumNamedArrays NumNamedVariables
    NumQueued NumSkillGroups NumTasks ObjectReferences OldUniqueObjectID OriginatingClientID
    OriginatingServerID OriginatingTone PacketSize PauseDuration PayLoadType PeripheralErrorCode
    PeripheralID PeripheralType PortA PortB PositionID PostRoute PreCallInvokeIDTag Priority
    QualityRecordingRate QueuedDeviceID QueuedDeviceIDType RTPType RasCallMode ReasonCode
    RecordingEnabled RecordingMode RejectIfAlreadyLoggedIn RemoteLogin RingInTone RingNoAnswerDN
    RingNoAnswerTime RouterCallKeyCallID RouterCallKeyDay RouterCallKeySequenceNumber SMManagerMode
    SMSAddr SMSHeartbeats SMSListenPort SMSRetries SMSTOS SMSessionKey SMSessionStatus STATISTICS
    ScreenPreferences ServiceID ServiceNumber SessionID SessionInformation ShowFieldBitMask
    SilentMonitorAudibleIndication SilentMonitorCallDisposition SilentMonitorCallUID
    SilentMonitorInitiatingAgentUID SilentMonitorInitiatingDeviceID SilentMonitorService
    SilentMonitorTargetAgentUID SilentMonitorTargetDeviceID SilentMonitorWarningMessage SkillGroupID
    SkillGroupName SkillGroupNumber SkillGroupNumbers SkillGroupPriority SkillGroupState
    SkillGroupStatistics SoftACD SoundPreferences Source StateDuration StatusCTIServer
    StatusCentralController StatusCode StatusCtiServerDriver StatusPeripherals StatusSystem
    SupervisorAgentState SupervisorAssistCallMethod SupervisorBtnEnablementMask SupervisorID
    SupervisorKey SupervisoryAction SwitchCapabilityBitMask SystemEventArg1 SystemEventID TOS Target
    TargetCILClientID TeamID ToneDuration TraceMask TrunkGroupNumber TrunkNumber TrunkUsedDeviceID
    TrunkUsedDeviceIDType TryingPort TryingServer TryingSince Type UniqueObjectID UserToUserInfo
    ValidCalls WarnIfAlreadyLoggedIn WarnIfSilentMonitored WorkModeTimer WrapupDataIncomingMode
    WrapupDataOutgoingMode columns custom_RejectIfAgentLoggedIn custom_WarnIfAgentLoggedIn editable
    maxchars settings ConnectedParty CTIClient
    """
)
